/**
 * The fields that describe a person who registers.
 */
import { REFUSED, checkName } from "./accounts.js";
import { isAbort } from "./api.js";
import { Field, PasswordField } from "./field.js";
import { t } from "./language.js";
import { email, newPassword, phone, tidyPhone, userName } from "./rules.js";

/** A user name; whether it is free is asked as soon as it is typed, without getting into anybody's way. */
export function nameField(name) {
  const field = new Field(name, {
    label: t("person.name"), hint: t("person.nameHint"), rule: userName,
    attributes: { autocomplete: "username", autocapitalize: "none", spellcheck: "false" },
  });
  let asking = null;
  field.input.addEventListener("input", () => {
    asking?.abort();
    field.say(t("person.nameHint"));
  });
  field.input.addEventListener("change", async () => {
    const wanted = field.value;
    if (userName(wanted)) return;
    asking = new AbortController();
    try {
      await checkName(wanted, asking.signal);
      field.say(t("person.nameFree", { name: wanted }));
    } catch (problem) {
      if (isAbort(problem)) return;
      if (problem.name !== "ApiFailure") throw problem;
      const itsFault = [REFUSED.nameTaken, REFUSED.badParameter].includes(problem.code);
      if (itsFault && field.value === wanted) field.blame(problem.message || t("person.nameTaken"));
    }
  });
  return field;
}

export const newPasswordField = (name, label = t("person.password")) => new PasswordField(name, {
  label, hint: t("person.passwordHint"), rule: newPassword, autocomplete: "new-password", strength: true,
});

/** The same password once more. */
export const repeatField = (name, first) => new PasswordField(name, {
  label: t("person.repeat"), autocomplete: "new-password",
  rule: (text, values) => newPassword(text) ?? (text === values[first] ? null : "rule.differ"),
});

export const phoneField = (name, options = {}) => new Field(name, {
  label: t("person.phone"), rule: phone, tidy: tidyPhone, ...options, attributes: { type: "tel", inputmode: "tel", autocomplete: "tel" },
});

export const emailField = (name, hint = null) => new Field(name, {
  label: t("person.email"), hint, rule: email,
  attributes: { type: "email", inputmode: "email", autocomplete: "email", autocapitalize: "none", spellcheck: "false" },
});
