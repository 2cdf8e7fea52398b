/**
 * A form that talks to the interface: checks before sending, says faults beside their fields, sends once, loses nothing.
 */
import { isSignedOut } from "./api.js";
import { signInAgain } from "./sign_in.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { failureText } from "./states.js";
import { parsed, tab } from "./storage.js";

export class Form {
  /**
   * `fields`: Field objects or elements between them; `send(values)` asks the interface and `done(reply, values)` goes on,
   * giving true when the page is being left; `refusals`: code → name of the field at fault; `draft` names what is kept
   * of the fields that are not secret until it was sent; `actions` stand beside the button.
   */
  constructor({ testId, label = null, fields, submit, refusals = {}, send, done, draft = null, actions = [] }) {
    Object.assign(this, { refusals, send, done, busy: false, submitText: submit });
    this.fields = fields.filter((field) => "check" in field);
    this.draft = draft && `dashop_draft_${draft}`;
    this.spoken = h("p", { class: "visually-hidden", role: "alert" });
    this.trouble = h("div", { class: "form__error", role: "alert", tabindex: "-1", hidden: true, "data-testid": "form-error" });
    this.button = h("button", { type: "submit", class: "button button--primary button--large form__submit" }, submit);
    this.element = h("form", {
      class: "form", novalidate: true, method: "post", "data-testid": testId, "aria-label": label,
      onsubmit: (event) => this.submit(event), oninput: () => this.keepDraft(), onchange: () => this.keepDraft(),
    }, this.spoken, this.trouble, fields.map((field) => field.element ?? field),
    h("div", { class: "form__actions" }, this.button, actions));
    for (const field of this.fields) field.values = () => this.values;
    this.takeDraft();
    window.addEventListener("pageshow", (event) => event.persisted && this.work(false));
  }

  /** Name → value of every field. */
  get values() {
    return Object.fromEntries(this.fields.map((field) => [field.name, field.value]));
  }

  async submit(event) {
    event.preventDefault();
    if (this.busy) return;
    this.complain(null);
    const wrong = this.fields.filter((field) => !field.check());
    if (wrong.length) {
      this.pointTo(wrong);
      return;
    }
    this.work(true);
    let leaving = false;
    try {
      const values = this.values;
      const reply = await this.send(values);
      this.forgetDraft();
      leaving = await this.done(reply, values);
    } catch (problem) {
      this.explain(problem);
    }
    if (!leaving) this.work(false);
  }

  /** Lead to the first wrong field and say which ones there are. */
  pointTo(wrong) {
    const names = wrong.map(({ label }) => label).join(t("form.comma"));
    this.spoken.textContent = t("form.summary", { count: wrong.length, names });
    wrong[0].focus();
  }

  explain(problem) {
    if (problem.name !== "ApiFailure") throw problem;
    if (isSignedOut(problem)) {
      signInAgain();
      return;
    }
    const field = problem.kind === "refused" && this.fields.find(({ name }) => name === this.refusals[problem.code]);
    if (field) {
      field.blame(failureText(problem));
      this.pointTo([field]);
    } else this.complain(failureText(problem));
  }

  /** Say what is wrong with the whole; null takes it away. `ways` are links that lead on. */
  complain(text, ways = []) {
    this.spoken.textContent = "";
    this.trouble.hidden = !text;
    this.trouble.replaceChildren(...(text ? [icon("alert"), h("p", {}, text, " ", ways)] : []));
    if (text) this.trouble.focus();
  }

  work(busy) {
    this.busy = busy;
    this.button.setAttribute("aria-disabled", String(busy));
    this.button.classList.toggle("button--busy", busy);
    this.button.textContent = busy ? t("form.sending") : this.submitText;
  }

  keepDraft() {
    if (!this.draft) return;
    const open = this.fields.filter(({ secret }) => !secret);
    tab.write(this.draft, JSON.stringify(Object.fromEntries(open.map(({ name, value }) => [name, value]))));
  }

  takeDraft() {
    const values = (this.draft && parsed(tab.read(this.draft))) ?? {};
    for (const field of this.fields) if (!field.secret && values[field.name]) field.value = values[field.name];
  }

  forgetDraft() {
    if (this.draft) tab.remove(this.draft);
  }
}
