/**
 * A stepper for the number of pieces, from one to what is in stock.
 */
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";

export class Quantity {
  /** `onChange` is called whenever the number may have changed. */
  constructor(onChange) {
    this.most = 1;
    this.onChange = onChange;
    this.input = h("input", {
      id: "quantity", class: "quantity__input", type: "number", inputmode: "numeric", min: 1, step: 1, value: 1,
      onchange: () => this.set(this.input.value), "data-testid": "quantity",
    });
    this.less = this.button("less", "minus", -1);
    this.more = this.button("more", "plus", 1);
    this.element = h("div", { class: "quantity" },
      h("label", { class: "quantity__label", for: "quantity" }, t("product.quantity")),
      h("div", { class: "quantity__stepper" }, this.less, this.input, this.more));
  }

  get value() {
    return Number(this.input.value);
  }

  /** Set the number; anything but a whole number counts as one, anything beyond the limits as the limit. */
  set(wanted) {
    const number = Math.trunc(Number(wanted)) || 1;
    this.input.value = String(Math.min(Math.max(number, 1), this.most));
    this.less.disabled = this.input.disabled || this.value <= 1;
    this.more.disabled = this.input.disabled || this.value >= this.most;
    this.onChange();
  }

  /** Allow up to `stock` pieces; none means nothing can be chosen. */
  limit(stock) {
    this.most = Math.max(stock, 1);
    this.input.max = String(this.most);
    this.input.disabled = stock < 1;
    this.set(this.value);
  }

  button(name, symbol, step) {
    return h("button", {
      type: "button", class: "quantity__button", "aria-label": t(`product.${name}`),
      onclick: () => this.set(this.value + step), "data-testid": `quantity-${name}`,
    }, icon(symbol));
  }
}
