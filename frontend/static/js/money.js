/**
 * Amounts of money. They arrive as text ("1288.00") and stay text: nothing here calculates.
 */
import { h } from "./dom.js";

/** "1288.00" → "1,288.00" */
export function grouped(amount) {
  const [whole, cents] = String(amount).split(".");
  const separated = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return cents === undefined ? separated : `${separated}.${cents}`;
}

/** "1288.00" → "¥1,288.00" */
export const priceText = (amount) => `¥${grouped(amount)}`;

/** A price for the eye, read aloud as one amount. */
export function price(amount, size = "normal") {
  const [whole, cents] = grouped(amount).split(".");
  return h("span", { class: `price price--${size}`, "data-testid": "price", "data-amount": amount },
    h("span", { class: "price__sign" }, "¥"),
    h("span", { class: "price__whole" }, whole),
    cents === undefined ? null : h("span", { class: "price__cents" }, `.${cents}`));
}
