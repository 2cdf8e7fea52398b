/**
 * The controls above a list: order and page size.
 */
import { h } from "./dom.js";
import { t } from "./language.js";
import { goTo } from "./navigation.js";

const ORDERS = ["default", "sales", "new", "price", "-price"];
/** Full rows in two, three and four columns. */
const PAGE_SIZES = ["12", "24", "48"];

/** Links for each order; `changed(changes)` writes an address. */
export function sortLinks(query, changed) {
  return h("nav", { class: "segments", "aria-label": t("list.sort"), "data-testid": "sort" },
    h("ul", { role: "list" }, ORDERS.map((order) =>
      h("li", {}, h("a", {
        href: changed({ sort: order }), "data-in-page": true, "data-sort": order,
        "aria-current": order === query.sort ? "true" : null,
      }, t(`list.sort.${order}`))))));
}

/** How many products a page shows. */
export function pageSizeSelect(query, changed) {
  const sizes = PAGE_SIZES.includes(query.pagesize) ? PAGE_SIZES : [...PAGE_SIZES, query.pagesize];
  return h("select", {
    class: "select", "aria-label": t("list.pagesize"), "data-testid": "pagesize",
    onchange: (event) => goTo(changed({ pagesize: event.target.value })),
  }, sizes.map((count) =>
    h("option", { value: count, selected: count === query.pagesize }, t("list.pagesizeOption", { count }))));
}
