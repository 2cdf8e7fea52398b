/**
 * One field of a form: label, control, hint, and the fault beside it. Programs that read the page aloud find all of it.
 */
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { meter } from "./strength.js";

let fields = 0;

export class Field {
  /**
   * `label` and `hint` are texts; `rule(value, form values)` gives the key of a fault or null; `tidy` puts what was typed
   * into shape; `attributes` go to the input. `optional` is said beside the label. Secret fields are never kept as drafts.
   */
  constructor(name, { label, hint = null, rule = () => null, tidy = (text) => text.trim(), optional = false, secret = false, attributes = {} }) {
    Object.assign(this, { name, label, rule, tidy, secret, touched: false, fault: null });
    this.id = `field-${++fields}`;
    this.input = h("input", { id: this.id, name, class: "input field__input", type: "text", required: !optional, ...attributes });
    this.hint = h("p", { id: `${this.id}-hint`, class: "field__hint" }, hint);
    this.box = h("div", { class: "field__box" }, this.input);
    this.element = h("div", { class: "field", "data-field": name },
      h("label", { class: "field__label", for: this.id }, label,
        optional ? h("span", { class: "field__optional" }, t("form.optional")) : null),
      this.box, this.hint);
    this.say(hint);
    this.values = () => ({});
    this.input.addEventListener("blur", () => this.input.value && this.check());
    this.input.addEventListener("input", () => this.fault && this.recheck());
  }

  get value() {
    return this.tidy(this.input.value);
  }

  set value(text) {
    this.input.value = text;
  }

  /** Look at the value; true when it may be sent. */
  check() {
    const key = this.rule(this.value, this.values());
    this.blame(key ? t(key) : null);
    return !key;
  }

  /** While a fault is being mended nothing new is held against the field. */
  recheck() {
    if (!this.rule(this.value, this.values())) this.blame(null);
  }

  /** Show a fault, or with null none. */
  blame(text) {
    this.fault?.remove();
    this.fault = text
      ? h("p", { id: `${this.id}-error`, class: "field__error", "data-testid": "field-error", "data-for": this.name }, icon("alert"), text)
      : null;
    if (this.fault) this.box.after(this.fault);
    this.element.classList.toggle("field--bad", Boolean(text));
    this.describe();
  }

  /** Change the hint; null hides it. */
  say(text) {
    this.hint.textContent = text ?? "";
    this.hint.hidden = !text;
    this.describe();
  }

  describe() {
    const notes = [this.fault && `${this.id}-error`, !this.hint.hidden && this.hint.id, this.extraNote].filter(Boolean);
    if (this.fault) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
    if (notes.length) this.input.setAttribute("aria-describedby", notes.join(" "));
    else this.input.removeAttribute("aria-describedby");
  }

  focus() {
    this.input.focus();
  }
}

/** A password: can be shown, is never trimmed, and with `strength` is measured while it is typed. */
export class PasswordField extends Field {
  constructor(name, { strength = false, autocomplete, ...options }) {
    super(name, {
      ...options, tidy: (text) => text, secret: true,
      attributes: { type: "password", autocomplete, autocapitalize: "none", spellcheck: "false" },
    });
    this.box.classList.add("field__box--inside");
    this.toggle = h("button", { type: "button", class: "icon-button field__toggle", onclick: () => this.show(this.input.type === "password") });
    this.box.append(this.toggle);
    this.show(false);
    if (strength) this.addMeter();
  }

  show(open) {
    this.input.type = open ? "text" : "password";
    this.toggle.replaceChildren(icon(open ? "hide" : "eye"));
    this.toggle.setAttribute("aria-label", t(open ? "form.hidePassword" : "form.showPassword", { name: this.label }));
    this.toggle.setAttribute("data-testid", "toggle-password");
  }

  addMeter() {
    const { element, measure } = meter();
    this.element.append(element);
    this.input.addEventListener("input", () => measure(this.input.value));
  }
}
