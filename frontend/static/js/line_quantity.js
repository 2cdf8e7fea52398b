/**
 * The number of pieces of one line of the cart: two buttons and a field to type into. What was typed stays, right or wrong.
 */
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";

const WHOLE = /^[0-9]{1,6}$/;

export class LineQuantity {
  /** `id` names the elements, `name` is the product's; `propose(count)` hears of a good number, `blame(text, stock)` of a bad one. */
  constructor(id, name, { propose, blame }) {
    Object.assign(this, { propose, blame, stock: 0 });
    this.input = h("input", {
      class: "quantity__input", type: "text", inputmode: "numeric", autocomplete: "off", maxlength: 6,
      "aria-label": t("cart.count", { name }), "aria-describedby": `line-note-${id}`, onchange: () => this.read(), "data-testid": "line-count",
    });
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.less = this.button(t("cart.less", { name }), "minus", -1, "line-less");
    this.more = this.button(t("cart.more", { name }), "plus", 1, "line-more");
    this.element = h("div", { class: "quantity__stepper" }, this.less, this.input, this.more);
  }

  button(label, symbol, by, testId) {
    return h("button", {
      type: "button", class: "quantity__button", "aria-label": label, onclick: () => this.step(by), "data-testid": testId,
    }, icon(symbol));
  }

  /** Show a number and what there is. */
  show(count, stock) {
    this.stock = stock;
    this.input.value = String(count);
    this.limit();
  }

  /** The buttons end where the stock does; they stay in reach of the keyboard. */
  limit() {
    const value = Number(this.input.value);
    this.less.setAttribute("aria-disabled", String(value <= 1));
    this.more.setAttribute("aria-disabled", String(value >= this.stock));
  }

  step(by) {
    const value = WHOLE.test(this.input.value) ? Number(this.input.value) : 1;
    const wanted = Math.min(Math.max(value + by, 1), this.stock);
    if (String(wanted) === this.input.value) return;
    this.input.value = String(wanted);
    this.read();
  }

  read() {
    const text = this.input.value.trim();
    const good = WHOLE.test(text) && Number(text) >= 1;
    this.limit();
    if (!good) this.blame(t("cart.badCount"));
    else if (Number(text) > this.stock) this.blame(t("cart.overStock", { stock: this.stock }), this.stock);
    else this.propose(Number(text));
  }

  onKey(event) {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    this.step(by);
  }

  /** Mark what is typed as wrong, or as right. */
  mark(wrong) {
    if (wrong) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }
}
