/**
 * What the product page shows of one SKU. Built once per product (SPU), filled again for each of its SKUs.
 */
import { BuyBox } from "./buy_box.js";
import { h } from "./dom.js";
import { breadcrumbs } from "./frame.js";
import { Gallery } from "./gallery.js";
import { GOODS_LANGUAGE, t } from "./language.js";
import { catalogLink, homeLink } from "./links.js";
import { grouped, price } from "./money.js";
import { Options } from "./options.js";
import { picture } from "./picture.js";
import { promises } from "./promises.js";

const FEW = 10;

export class ProductView {
  /** `choices` are the sale attributes; `onChoose(attribute, value)` hears of every choice. */
  constructor(choices, onChoose) {
    this.gallery = new Gallery();
    this.options = new Options(choices, onChoose);
    this.box = new BuyBox();
    this.trail = h("div", {});
    this.name = h("h1", { class: "product__name", lang: GOODS_LANGUAGE, "data-testid": "product-name" });
    this.caption = h("p", { class: "product__caption", lang: GOODS_LANGUAGE });
    this.amount = h("div", { class: "product__price" });
    this.numbers = h("p", { class: "product__numbers", "data-testid": "stock" });
    this.more = h("div", { class: "product__more" });
    this.announcement = h("p", { class: "visually-hidden", role: "status" });
    this.product = h("article", { class: "product", "data-testid": "product" },
      this.gallery.element,
      h("div", { class: "product__choice" },
        this.name, this.caption,
        h("div", { class: "product__offer" }, this.amount, this.numbers),
        choices.length ? this.options.element : null,
        this.box.element,
        promises()));
    this.element = h("div", { class: "container" }, this.trail, this.product, this.more, this.announcement);
  }

  /** Fill in a detail reply. */
  fill(skuId, detail, base) {
    this.product.setAttribute("data-skuid", skuId);
    this.product.classList.toggle("product--sold-out", detail.stock < 1);
    this.trail.replaceChildren(breadcrumbs([
      [t("frame.home"), homeLink()],
      [detail.catalog_name, catalogLink(detail.catalog_id), GOODS_LANGUAGE],
      [detail.name, null, GOODS_LANGUAGE]]));
    this.gallery.show(base, picturesOf(detail), detail.name);
    this.name.textContent = detail.name;
    this.caption.textContent = detail.caption ?? "";
    this.amount.replaceChildren(h("span", { class: "visually-hidden" }, `${t("product.price")} `), price(detail.price, "large"));
    this.numbers.replaceChildren(...numbersOf(detail));
    this.box.offer(skuId, detail.stock);
    this.more.replaceChildren(...[specTable(detail.spec), detailSection(base, detail)].filter(Boolean));
  }

  announce(text) {
    this.announcement.textContent = text;
  }

  busy(is) {
    this.product.setAttribute("aria-busy", String(is));
  }
}

/** The pictures of a SKU, its main one first, each once. */
function picturesOf(detail) {
  return [...new Set([detail.image, ...(detail.images ?? [])].filter(Boolean))];
}

function numbersOf({ stock, sales }) {
  const badge = (tone, text) => h("span", { class: `badge badge--${tone}` }, text);
  const count = h("span", {}, t("product.stock", { count: grouped(stock) }));
  const sold = h("span", {}, t("product.sales", { count: grouped(sales) }));
  if (stock < 1) return [badge("muted", t("product.soldOut")), sold];
  if (stock <= FEW) return [badge("warn", t("product.few", { count: stock })), sold];
  return [badge("good", t("product.available")), count, sold];
}

function specTable(spec) {
  const rows = Object.entries(spec ?? {});
  if (rows.length === 0) return null;
  return h("section", { class: "panel" },
    h("h2", { class: "panel__title", id: "spec-title" }, t("product.spec")),
    h("table", { class: "spec", "aria-labelledby": "spec-title", lang: GOODS_LANGUAGE, "data-testid": "spec" },
      h("tbody", {}, rows.map(([name, value]) =>
        h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value))))));
}

function detailSection(base, { detail_image: path, name }) {
  if (!path) return null;
  return h("section", { class: "panel" },
    h("h2", { class: "panel__title" }, t("product.details")),
    h("div", { class: "panel__picture" },
      picture(base, path, { alt: t("product.detailPicture", { name }), size: [800, 800], thumbnail: false })));
}
