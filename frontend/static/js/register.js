/**
 * Registration: a name, a password, an e-mail, and a phone number proven by a code.
 */
import "./account_texts.js";
import { REFUSED, register, sendSms } from "./accounts.js";
import { CodeField } from "./code_field.js";
import { alreadyIn, askWith, entrance, orLine } from "./entrance.js";
import { Form } from "./form.js";
import { mountFrame } from "./frame.js";
import { t } from "./language.js";
import { comeBack, loginLink } from "./links.js";
import { emailField, nameField, newPasswordField, phoneField } from "./person_fields.js";
import { endSession, onSessionChange, session } from "./session.js";
import { goOn, wanted, weiboButton } from "./sign_in.js";

const main = mountFrame(t("register.title"));

function registration() {
  const phone = phoneField("phone");
  const verify = new CodeField("verify", {
    label: t("person.sms"), wait: "sms", target: phone, send: sendSms, sent: "person.smsSent",
    refusals: [REFUSED.badParameter, REFUSED.phoneTaken],
  });
  return new Form({
    testId: "register-form", draft: "register", submit: t("register.submit"), send: register,
    fields: [nameField("uname"), newPasswordField("password"), emailField("email", t("person.emailHint")), phone, verify],
    refusals: {
      [REFUSED.nameTaken]: "uname", [REFUSED.emailTaken]: "email", [REFUSED.phoneTaken]: "phone", [REFUSED.wrongSms]: "verify",
    },
    done: (reply, { email }) => goOn("notice.registered", { name: reply.username, email }),
  });
}

let who = null;

function show() {
  who = session();
  const foot = [askWith(t("register.haveAccount"), loginLink(comeBack()), t("frame.login"))];
  entrance(main, {
    title: t("register.title"), lead: t("register.lead"), foot: who ? [] : foot,
    content: who ? alreadyIn(who.user, { target: wanted(), leave: endSession }) : [registration().element, orLine(), weiboButton()],
  });
}

show();
onSessionChange(() => {
  if (who && !session()) show();
});
