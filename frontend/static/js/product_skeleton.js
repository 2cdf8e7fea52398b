/**
 * The shape of the product page while its content is on the way.
 */
import { h } from "./dom.js";
import { t } from "./language.js";

const bar = (kind) => h("div", { class: `skeleton skeleton--${kind}` });

/** Grey areas where picture, name, price and buttons will be. */
export function productSkeleton() {
  return h("div", { class: "container" },
    h("h1", { class: "visually-hidden" }, t("product.loading")),
    h("div", { class: "product product--skeleton", "aria-hidden": "true", "data-testid": "skeleton" },
      h("div", { class: "gallery" }, h("div", { class: "gallery__frame skeleton" })),
      h("div", { class: "product__choice" },
        bar("title"), bar("line"), bar("block"), bar("line skeleton--short"), bar("block"))));
}
