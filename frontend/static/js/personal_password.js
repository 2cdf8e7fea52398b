/**
 * Changing the password. Every session of the account ends with it, this one too.
 */
import "./account_texts.js";
import { changePassword, REFUSED } from "./accounts.js";
import { h } from "./dom.js";
import { PasswordField } from "./field.js";
import { Form } from "./form.js";
import { mountFrame } from "./frame.js";
import { t } from "./language.js";
import { newPasswordField, repeatField } from "./person_fields.js";
import { personalPage } from "./personal_page.js";
import { newPassword, somePassword } from "./rules.js";
import { ownSession, signInWith } from "./sign_in.js";

const main = mountFrame(t("frame.password"));
const who = ownSession();

function changing() {
  const fresh = newPasswordField("password1", t("password.new"));
  fresh.rule = (text, { oldpassword }) => newPassword(text) ?? (text === oldpassword ? "rule.unchanged" : null);
  return new Form({
    testId: "password-form", submit: t("password.submit"), send: changePassword,
    fields: [
      h("input", { type: "text", name: "username", autocomplete: "username", value: who.user, readonly: true, hidden: true }),
      new PasswordField("oldpassword", { label: t("password.old"), rule: somePassword, autocomplete: "current-password" }),
      fresh, repeatField("password2", "password1"),
    ],
    refusals: { [REFUSED.wrongPassword]: "oldpassword", [REFUSED.differ]: "password2", [REFUSED.unchanged]: "password1" },
    done: () => signInWith("notice.passwordChanged"),
  });
}

if (who) {
  personalPage(main, who, "password").append(
    h("div", { class: "panel" }, h("p", { class: "panel__lead" }, t("password.lead")), changing().element));
}
