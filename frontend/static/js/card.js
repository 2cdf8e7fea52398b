/**
 * Product cards, as every list of the shop shows them.
 */
import { h } from "./dom.js";
import { GOODS_LANGUAGE } from "./language.js";
import { productLink } from "./links.js";
import { price } from "./money.js";
import { picture } from "./picture.js";

/** Pictures of the first row load at once. */
const FIRST_ROW = 4;

/** A card for `{skuid, name, caption, price, image}`. `badge` is a short text on the picture. */
export function productCard(item, base, { eager = false, badge = null, heading = "h3" } = {}) {
  return h("article", { class: "card", "data-testid": "product-card", "data-skuid": item.skuid },
    h("div", { class: "card__media" },
      picture(base, item.image, { eager }),
      badge ? h("span", { class: "badge badge--accent card__badge" }, badge) : null),
    h("div", { class: "card__body" },
      h(heading, { class: "card__name", lang: GOODS_LANGUAGE },
        h("a", { class: "card__link", href: productLink(item.skuid) }, item.name)),
      item.caption ? h("p", { class: "card__caption", lang: GOODS_LANGUAGE }, item.caption) : null,
      price(item.price)));
}

/** A grid of cards; `badgeOf(index)` may name a badge for a place. */
export function productGrid(items, base, { badgeOf = () => null, eagerCards = FIRST_ROW, heading } = {}) {
  return h("ul", { class: "grid", role: "list", "data-testid": "product-grid" }, items.map((item, index) =>
    h("li", {}, productCard(item, base, { eager: index < eagerCards, badge: badgeOf(index), heading }))));
}

/** Each SKU once, in the order of first sight. */
export function distinct(items) {
  return [...new Map(items.map((item) => [item.skuid, item])).values()];
}
