/**
 * Parts that the pages of the cart and of the orders share: lines of goods, amounts, the state of an order.
 */
import { times } from "./amounts.js";
import { h } from "./dom.js";
import { GOODS_LANGUAGE, t } from "./language.js";
import { productLink } from "./links.js";
import { grouped, price, priceText } from "./money.js";
import { picture } from "./picture.js";

const TONES = { 1: "warn", 2: "good", 3: "good", 4: "muted", 6: "muted", 7: "warn", 8: "muted" };

/** Grey lines in the place of lines to come, and a word for who cannot see them. */
export function lineSkeletons(text, count = 3) {
  return [h("p", { class: "visually-hidden", role: "status" }, text),
    h("div", { class: "lines", "aria-hidden": "true", "data-testid": "skeleton" }, Array.from({ length: count }, () =>
      h("div", { class: "line line--skeleton" },
        h("div", { class: "line__picture skeleton" }),
        h("div", { class: "line__words" },
          h("div", { class: "skeleton skeleton--line" }), h("div", { class: "skeleton skeleton--line skeleton--short" })))))];
}

/** "颜色：珊瑚 · 容量：18 升" */
export const attributesText = (attributes) => attributes.map((pair) => pair.join("：")).join(" · ");

/** Goods as they are or were ordered. `note` goes below, `heading` is the level of the names. */
export function goodsLine(line, base, { note = null, heading = "h3", size = 80 } = {}) {
  const { id, name, attributes, image, price: amount, count } = line;
  return h("li", { class: "goods", "data-testid": "order-line", "data-skuid": id },
    h("div", { class: "goods__picture" }, picture(base, image, { size })),
    h("div", { class: "goods__words" },
      h(heading, { class: "line__name", lang: GOODS_LANGUAGE }, h("a", { class: "line__link", href: productLink(id) }, name)),
      attributes.length ? h("p", { class: "line__attributes", lang: GOODS_LANGUAGE }, attributesText(attributes)) : null,
      h("p", { class: "goods__count" }, t("order.line", { price: priceText(amount), count }))),
    h("p", { class: "goods__total" }, price(line.total ?? times(amount, count))),
    note);
}

/** Amounts below each other: `[[text, amount, test id]]`; the last one is the one that matters. */
export function amounts(rows) {
  return h("dl", { class: "amounts" }, rows.map(([text, amount, testId], index) => {
    const last = index === rows.length - 1;
    return h("div", { class: last ? "amounts__row amounts__row--total" : "amounts__row" },
      h("dt", {}, text),
      h("dd", { "data-testid": testId, "data-amount": amount }, last ? price(amount, "large") : `¥${grouped(amount)}`));
  }));
}

/** The state of an order. */
export const statusBadge = (status) =>
  h("span", { class: `badge badge--${TONES[status] ?? "muted"}`, "data-testid": "order-status" }, t(`status.${status}`));

/** A section with a heading of its own; `aside` stands beside the heading. */
export function section(title, content, { aside = null, testId } = {}) {
  const heading = h("h2", { class: "block__title" }, title);
  return h("section", { class: "block", "data-testid": testId },
    aside ? h("div", { class: "block__head" }, heading, aside) : heading, content);
}

/** A labelled fact: `[text, value]`, for `<dl class="facts">`. */
export function facts(rows) {
  return h("dl", { class: "facts" }, rows.filter(([, value]) => value).map(([text, value]) =>
    h("div", { class: "facts__row" }, h("dt", {}, text), h("dd", {}, value))));
}

/** The address of a provider's page; anything but an address of the web is null. */
export function webAddress(text) {
  if (!text || !URL.canParse(text, location.origin)) return null;
  const url = new URL(text, location.origin);
  return /^https?:$/.test(url.protocol) ? url.href : null;
}
