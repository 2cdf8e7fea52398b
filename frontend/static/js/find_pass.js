/**
 * A forgotten password in three steps: the e-mail, the code sent there, a new password.
 * The step is kept in the tab for as long as its proof lasts, so that loading again does not start over.
 */
import "./account_texts.js";
import { proveResetCode, REFUSED, resetPassword, sendResetCode } from "./accounts.js";
import { CodeField } from "./code_field.js";
import { h } from "./dom.js";
import { askWith, entrance } from "./entrance.js";
import { Form } from "./form.js";
import { mountFrame } from "./frame.js";
import { t } from "./language.js";
import { loginLink } from "./links.js";
import { emailField, newPasswordField, repeatField } from "./person_fields.js";
import { signInWith } from "./sign_in.js";
import { parsed, tab } from "./storage.js";

const KEY = "dashop_reset";
const VALID_MS = 10 * 60 * 1000;
const STEPS = ["email", "code", "password"];

const main = mountFrame(t("reset.title"));
let sender = null;

const kept = () => {
  const state = parsed(tab.read(KEY));
  return state && Date.now() - state.at < VALID_MS ? state : { step: 0 };
};

function goTo(step, state = {}) {
  tab.write(KEY, JSON.stringify({ step, at: Date.now(), ...state }));
  show();
  main.querySelector("input:not([hidden])").focus();
}

function askEmail() {
  return new Form({
    testId: "reset-form", draft: "reset", submit: t("reset.send"), fields: [emailField("email", t("reset.emailHint"))],
    send: ({ email }) => sendResetCode(email),
    done: (_, { email }) => {
      goTo(1, { email, fresh: true });
    },
  });
}

function askCode({ email, fresh }) {
  const target = { value: email, check: () => true };
  const code = new CodeField("code", { label: t("reset.code"), wait: "reset", target, send: sendResetCode, sent: "reset.sent" });
  sender = code.sender;
  code.say(t("reset.sent", { target: email }));
  if (fresh) {
    code.sender.countdown.start(60);
    tab.write(KEY, JSON.stringify({ step: 1, at: Date.now(), email }));
  }
  return new Form({
    testId: "reset-form", submit: t("reset.prove"), fields: [code], refusals: { [REFUSED.wrongCode]: "code" },
    send: (values) => proveResetCode(email, values.code),
    done: (reply) => {
      goTo(2, { email: reply.email ?? email, ticket: reply.ticket });
    },
    actions: [h("button", { type: "button", class: "button button--large", onclick: () => goTo(0) }, t("reset.otherEmail"))],
  });
}

function askPassword({ email, ticket }) {
  const form = new Form({
    testId: "reset-form", submit: t("reset.save"),
    fields: [
      h("input", { type: "text", name: "username", autocomplete: "username", value: email, readonly: true, hidden: true }),
      newPasswordField("password1", t("password.new")), repeatField("password2", "password1"),
    ],
    refusals: { [REFUSED.differ]: "password2", [REFUSED.unchanged]: "password1" },
    send: async ({ password1, password2 }) => {
      try {
        return await resetPassword({ email, ticket }, { password1, password2 });
      } catch (problem) {
        if (problem.code === REFUSED.unproven) offerRestart();
        throw problem;
      }
    },
    done: () => {
      tab.remove(KEY);
      return signInWith("notice.reset");
    },
  });
  const restart = h("button", { type: "button", class: "button button--large", hidden: true, onclick: () => goTo(0) }, t("reset.restart"));
  form.button.after(restart);
  const offerRestart = () => {
    restart.hidden = false;
  };
  return form;
}

function steps(current) {
  return h("ol", { class: "steps", role: "list" }, STEPS.map((name, index) =>
    h("li", { class: index < current ? "steps__done" : null, "aria-current": index === current ? "step" : null },
      h("span", { class: "steps__number", "aria-hidden": "true" }, String(index + 1)), t(`reset.step.${name}`))));
}

function show() {
  clearInterval(sender?.countdown.timer);
  const state = kept();
  const form = [askEmail, askCode, askPassword][state.step](state);
  entrance(main, {
    title: t("reset.title"), lead: t(`reset.lead.${STEPS[state.step]}`), content: [steps(state.step), form.element],
    foot: [askWith(t("reset.remembered"), loginLink(), t("frame.login"))],
  });
}

show();
