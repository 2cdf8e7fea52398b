/**
 * Changing the password, and signing out everywhere. Every session of the account ends with either, this one too.
 */
import "./account_texts.js";
import { changePassword, endAllSessions, REFUSED } from "./accounts.js";
import { confirmDialog } from "./dialog.js";
import { h } from "./dom.js";
import { PasswordField } from "./field.js";
import { Form } from "./form.js";
import { mountFrame } from "./frame.js";
import { t } from "./language.js";
import { newPasswordField, repeatField } from "./person_fields.js";
import { personalPage } from "./personal_page.js";
import { newPassword, somePassword } from "./rules.js";
import { leftForSignIn, ownSession, signInWith } from "./sign_in.js";
import { failureText } from "./states.js";
import { toast } from "./toast.js";

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

function askToSignOut() {
  confirmDialog({
    title: t("everywhere.ask"), text: t("everywhere.askHint"), action: t("everywhere.submit"), act: signOutEverywhere,
  });
}

async function signOutEverywhere() {
  try {
    await endAllSessions();
    signInWith("notice.everywhere");
  } catch (problem) {
    if (problem.name !== "ApiFailure") throw problem;
    if (!leftForSignIn(problem)) toast(failureText(problem), { tone: "bad" });
  }
}

function devices() {
  return h("section", { class: "panel", "aria-labelledby": "devices" },
    h("h2", { id: "devices", class: "panel__heading" }, t("everywhere.title")),
    h("p", { class: "panel__lead" }, t("everywhere.lead")),
    h("div", { class: "form__actions" },
      h("button", { type: "button", class: "button", onclick: askToSignOut, "data-testid": "sign-out-everywhere" }, t("everywhere.submit"))));
}

if (who) {
  personalPage(main, who, "password").append(
    h("div", { class: "panel" }, h("p", { class: "panel__lead" }, t("password.lead")), changing().element), devices());
}
