/**
 * What a buyer can rely on, shown where the decision to buy is made.
 */
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";

const PROMISES = { stock: "box", pay: "shield", order: "receipt", refund: "refund" };

/** The promises as a list with icons. */
export function promises() {
  return h("ul", { class: "promises", role: "list" }, Object.entries(PROMISES).map(([name, symbol]) =>
    h("li", {}, icon(symbol),
      h("div", {},
        h("p", { class: "promises__name" }, t(`promise.${name}`)),
        h("p", { class: "promises__hint" }, t(`promise.${name}Hint`))))));
}
