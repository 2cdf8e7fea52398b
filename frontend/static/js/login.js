/**
 * Signing in by name and password, or by way of Weibo.
 */
import "./account_texts.js";
import { logIn } from "./accounts.js";
import { h } from "./dom.js";
import { alreadyIn, askWith, entrance, noticeBox, orLine } from "./entrance.js";
import { Field, PasswordField } from "./field.js";
import { Form } from "./form.js";
import { mountFrame } from "./frame.js";
import { t } from "./language.js";
import { comeBack, registerLink, resetLink } from "./links.js";
import { takeNotice } from "./notices.js";
import { someName, somePassword } from "./rules.js";
import { endSession, onSessionChange, session } from "./session.js";
import { goOn, wanted, weiboButton } from "./sign_in.js";

const notice = takeNotice();
const main = mountFrame(t("login.title"));

const signingIn = () => new Form({
  testId: "login-form", draft: "login", submit: t("login.submit"), send: logIn,
  fields: [
    new Field("username", {
      label: t("person.name"), rule: someName, attributes: { autocomplete: "username", autocapitalize: "none", spellcheck: "false" },
    }),
    new PasswordField("password", { label: t("person.password"), rule: somePassword, autocomplete: "current-password" }),
    h("p", { class: "form__aside" }, h("a", { class: "link", href: resetLink() }, t("login.forgot"))),
  ],
  done: (reply) => goOn("notice.welcome", { name: reply.username }),
});

let who = null;

function show() {
  who = session();
  entrance(main, {
    title: t("login.title"), lead: t("login.lead"),
    foot: who ? [] : [askWith(t("login.noAccount"), registerLink(comeBack()), t("frame.register"))],
    content: who
      ? alreadyIn(who.user, { target: wanted(), leave: endSession })
      : [notice ? noticeBox(notice) : null, signingIn().element, orLine(), weiboButton()],
  });
}

show();
onSessionChange(() => {
  if (who && !session()) show();
});
