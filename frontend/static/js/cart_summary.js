/**
 * What stands around the lines of the cart: selecting all, deleting several, the total, the way to the checkout.
 */
import { sum, times } from "./amounts.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { price } from "./money.js";
import { session } from "./session.js";

export class CartSummary {
  /** `act`: `selectAll(on)`, `removeSelected()`, `clear()`, `checkout()`. */
  constructor(act) {
    this.all = h("input", { type: "checkbox", class: "check__box", onchange: () => act.selectAll(this.all.checked), "data-testid": "select-all" });
    this.removeSelected = this.quiet("cart.deleteSelected", act.removeSelected, "delete-selected");
    this.clear = this.quiet("cart.clear", act.clear, "clear-gone");
    this.kinds = h("p", { class: "listing__total", "data-testid": "cart-kinds" });
    this.toolbar = h("div", { class: "cart__toolbar" },
      h("label", { class: "check check--words" }, this.all, t("cart.selectAll")), this.removeSelected, this.clear, this.kinds);
    this.chosen = h("p", { class: "summary__chosen" });
    this.total = h("p", { class: "summary__total", "data-testid": "cart-total" });
    this.trouble = h("p", { class: "summary__trouble", role: "alert", "data-testid": "cart-trouble" });
    this.button = h("button", {
      type: "button", class: "button button--primary button--large", "data-testid": "checkout", onclick: () => this.leave(act.checkout),
    }, t(session() ? "cart.checkout" : "cart.checkoutGuest"));
    this.element = h("aside", { class: "summary", "aria-label": t("cart.summary") },
      h("h2", { class: "summary__title" }, t("cart.summary")),
      h("div", { class: "summary__sums", role: "status" }, this.chosen, this.total),
      h("p", { class: "summary__hint" }, t("cart.sumHint")),
      this.trouble, this.button);
    window.addEventListener("pageshow", () => this.work(false));
  }

  quiet(key, onclick, testId) {
    return h("button", { type: "button", class: "link-button cart__tool", onclick, "data-testid": testId }, t(key));
  }

  /** Add up the lines. */
  show(lines) {
    const open = lines.filter(({ available }) => available);
    const chosen = lines.filter(({ selected }) => selected);
    this.all.checked = chosen.length > 0 && chosen.length === open.length;
    this.all.indeterminate = chosen.length > 0 && chosen.length < open.length;
    this.all.disabled = open.length === 0;
    this.clear.hidden = open.length === lines.length;
    this.kinds.textContent = t("cart.total", { count: lines.length });
    const pieces = chosen.reduce((total, { count }) => total + count, 0);
    this.say("");
    const text = t("cart.chosen", { kinds: chosen.length, count: pieces });
    const amount = sum(chosen.map(({ line, count }) => times(line.price, count)));
    if (this.chosen.textContent === text && this.total.dataset.amount === amount) return;
    this.chosen.textContent = text;
    this.total.dataset.amount = amount;
    this.total.replaceChildren(h("span", { class: "summary__word" }, t("cart.sum")), price(amount, "large"));
  }

  /** A word about what is in the way. */
  say(text) {
    this.trouble.replaceChildren(...(text ? [icon("alert"), text] : []));
  }

  async leave(checkout) {
    if (this.button.getAttribute("aria-disabled") === "true") return;
    this.work(true);
    await checkout();
    this.work(false);
  }

  work(busy) {
    this.button.setAttribute("aria-disabled", String(busy));
    this.button.classList.toggle("button--busy", busy);
  }
}
