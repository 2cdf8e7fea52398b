/**
 * Choosing a quantity and buying: into the cart, or at once.
 */
import { isSignedOut } from "./api.js";
import { addToCart, REFUSED } from "./cart.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { buyNowLink, cartLink, loginLink } from "./links.js";
import { Quantity } from "./quantity.js";
import { onSessionChange, session } from "./session.js";
import { failureText } from "./states.js";
import { toast } from "./toast.js";

/** Refusals for what the cart already holds. */
const OF_THE_CART = [REFUSED.overStock, REFUSED.badParameter];

export class BuyBox {
  constructor() {
    this.skuId = null;
    this.stock = 0;
    this.blocked = false;
    this.quantity = new Quantity(() => this.refresh());
    this.add = h("button", {
      type: "button", class: "button button--large", onclick: () => this.putIntoCart(), "data-testid": "add-to-cart",
    }, icon("cart"), t("product.addToCart"));
    this.buy = h("a", { class: "button button--large button--primary", "data-testid": "buy-now" }, t("product.buyNow"));
    this.soldOut = h("p", { class: "buy__sold-out", "data-testid": "sold-out" }, t("product.soldOutHint"));
    this.element = h("div", { class: "buy" }, this.quantity.element, this.soldOut,
      h("div", { class: "buy__actions" }, this.add, this.buy));
    onSessionChange(() => this.refresh());
  }

  /** Offer another SKU. */
  offer(skuId, stock) {
    this.skuId = skuId;
    this.stock = stock;
    this.blocked = false;
    this.quantity.limit(stock);
  }

  /** Nothing can be bought while the selection leads to no SKU. */
  block() {
    this.blocked = true;
    this.refresh();
  }

  refresh() {
    const open = this.stock > 0 && !this.blocked;
    this.soldOut.hidden = this.stock > 0;
    this.add.disabled = !open;
    const target = buyNowLink(this.skuId, this.quantity.value);
    if (open) {
      this.buy.href = session() ? target : loginLink(target);
      this.buy.removeAttribute("aria-disabled");
      this.buy.removeAttribute("role");
    } else {
      this.buy.removeAttribute("href");
      this.buy.setAttribute("role", "link");
      this.buy.setAttribute("aria-disabled", "true");
    }
  }

  async putIntoCart() {
    this.add.disabled = true;
    const link = { href: cartLink(), text: t("product.toCart") };
    try {
      const { added, limited } = await addToCart(this.skuId, this.quantity.value, this.stock);
      if (added) toast(t(limited ? "product.addedAll" : "product.added"), { link });
      else toast(t("product.cartFull"), { tone: "bad", link });
    } catch (problem) {
      this.explain(problem);
    }
    this.refresh();
  }

  explain(problem) {
    if (problem.name !== "ApiFailure") throw problem;
    const expired = isSignedOut(problem);
    const toLogin = expired ? { href: loginLink(location.pathname + location.search), text: t("frame.login") } : undefined;
    const link = OF_THE_CART.includes(problem.code) ? { href: cartLink(), text: t("product.toCart") } : toLogin;
    const text = problem.kind === "broken" ? t("product.notAdded") : failureText(problem);
    toast(expired ? t("product.expired") : text, { tone: "bad", link });
  }
}
