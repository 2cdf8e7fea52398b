/**
 * Filters of a catalogue: price range and brand, and the tags that show what is chosen.
 * Every choice is a real address; `changed(changes)` writes it.
 */
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { GOODS_LANGUAGE, t } from "./language.js";
import { grouped } from "./money.js";
import { goTo } from "./navigation.js";

const WIDE = window.matchMedia("(min-width: 960px)");
const AMOUNT = "[0-9]{1,8}([.][0-9]{1,2})?";

/** Whether the visitor opened the panel on a narrow screen; survives its rebuilding. */
let opened = false;

/** The panel: always open beside the list, folded above it on narrow screens. */
export function filterPanel(query, brands, changed) {
  const panel = h("details", { class: "filters__fold", open: WIDE.matches || opened, "data-testid": "filters" },
    h("summary", { class: "button filters__summary" }, icon("filter"), t("filter.title")),
    h("div", { class: "filters__groups" },
      priceFilter(query, changed),
      brands.length ? brandFilter(query, brands, changed) : null));
  panel.addEventListener("toggle", () => {
    if (!WIDE.matches) opened = panel.open;
  });
  return panel;
}

WIDE.addEventListener("change", () => {
  for (const panel of document.querySelectorAll(".filters__fold")) panel.open = WIDE.matches || opened;
});

function priceFilter(query, changed) {
  const least = amountInput("min_price", t("filter.min"), query.min_price);
  const most = amountInput("max_price", t("filter.max"), query.max_price);
  const apply = (event) => {
    event.preventDefault();
    goTo(changed(ordered(least.value, most.value)));
  };
  return h("form", { class: "filter", onsubmit: apply, "aria-labelledby": "filter-price" },
    h("h2", { class: "filter__title", id: "filter-price" }, t("filter.price")),
    h("div", { class: "filter__range" },
      least, h("span", { "aria-hidden": "true" }, "–"), most,
      h("button", { class: "button button--small", type: "submit" }, t("filter.apply"))));
}

function amountInput(name, label, value) {
  return h("input", {
    class: "input", name, value, "aria-label": label, placeholder: label, inputmode: "decimal", autocomplete: "off",
    pattern: AMOUNT, title: t("filter.priceHint"), maxlength: 11, "data-testid": name,
  });
}

/** A range typed the wrong way round is turned. */
function ordered(least, most) {
  const turn = least && most && Number(least) > Number(most);
  return turn ? { min_price: most, max_price: least } : { min_price: least, max_price: most };
}

function brandFilter(query, brands, changed) {
  const option = (id, name, lang) => h("li", {}, h("a", {
    class: "filter__option", href: changed({ brand: id }), "data-in-page": true, "data-brand": id, lang,
    "aria-current": String(id) === query.brand ? "true" : null,
  }, name));
  return h("div", { class: "filter" },
    h("h2", { class: "filter__title", id: "filter-brand" }, t("filter.brand")),
    h("ul", { class: "filter__options", role: "list", "aria-labelledby": "filter-brand" },
      option("", t("filter.allBrands")),
      brands.map(({ id, name }) => option(id, name, GOODS_LANGUAGE))));
}

/** Tags of the chosen filters, each a link that removes it; an empty list when nothing is chosen. */
export function filterTags(query, brands, changed) {
  const chosen = [];
  if (query.min_price || query.max_price) chosen.push([rangeText(query), { min_price: "", max_price: "" }]);
  const brand = query.brand && brands.find(({ id }) => String(id) === query.brand);
  if (brand) chosen.push([brand.name, { brand: "" }, GOODS_LANGUAGE]);
  if (chosen.length === 0) return [];
  const tag = ([name, changes, lang]) => h("li", {}, h("a", {
    class: "chip chip--chosen", href: changed(changes), "data-in-page": true, "aria-label": t("filter.remove", { name }),
  }, h("span", { lang }, name), icon("close")));
  const clear = h("a", { class: "chip chip--plain", href: changed({ min_price: "", max_price: "", brand: "" }), "data-in-page": true },
    t("filter.clear"));
  return [h("ul", { class: "chips", role: "list", "aria-label": t("filter.active"), "data-testid": "filter-tags" },
    chosen.map(tag), h("li", {}, clear))];
}

function rangeText({ min_price: least, max_price: most }) {
  const [min, max] = [least, most].map(grouped);
  if (!most) return t("filter.atLeast", { min });
  return least ? t("filter.between", { min, max }) : t("filter.atMost", { max });
}
