/**
 * The page of one catalogue: filters, sorting, products. The address holds everything that was chosen.
 */
import { NO_SUCH_CATALOG, OUT_OF_RANGE } from "./api.js";
import { h } from "./dom.js";
import { filterPanel, filterTags } from "./filters.js";
import { breadcrumbs, mountFrame, setTitle } from "./frame.js";
import { fetchCatalog, fetchCatalogs } from "./goods.js";
import { setCurrentCatalog } from "./header.js";
import { GOODS_LANGUAGE, t } from "./language.js";
import { catalogLink, homeLink } from "./links.js";
import { Listing } from "./listing.js";
import { pageSizeSelect, sortLinks } from "./sorting.js";
import { catalogChips, emptyState, homeAction } from "./states.js";

const DEFAULTS = { sort: "default", page: "1", pagesize: "12" };
const RANKED = 3;

const main = mountFrame(t("list.title"));
const trail = h("div", {});
const title = h("h1", { class: "page-title" });
const panel = h("div", { class: "filters" });
const sorting = h("div", { class: "toolbar__sort" });
const sizing = h("div", {});
const tags = h("div", {});

const suggestions = h("div", {});

let known = { catalog: null, brands: [] };
let catalogs = [];
let shown = "";

const listing = new Listing({
  readQuery, hrefOf, present, empty, waysOut, badgeOf,
  request: ({ catalog_id: id, ...query }, signal) => fetchCatalog(id, query, signal),
});

function readQuery() {
  const given = new URLSearchParams(location.search);
  const read = (name) => given.get(name)?.trim() || DEFAULTS[name] || "";
  const names = ["catalog_id", "page", "pagesize", "sort", "min_price", "max_price", "brand"];
  return Object.fromEntries(names.map((name) => [name, read(name)]));
}

/** The address of a query; what is usual is left out. */
function hrefOf({ catalog_id: id, ...query }) {
  const unusual = Object.entries(query).filter(([name, value]) => String(value) !== DEFAULTS[name]);
  return catalogLink(id, Object.fromEntries(unusual));
}

/** The address after a change of filter or order, which always leads to the first page. */
const changed = (query) => (changes) => hrefOf({ ...query, page: "1", ...changes });

function present(query, reply) {
  if (reply) known = { catalog: reply.catalog ?? known.catalog, brands: reply.brands ?? known.brands };
  const state = JSON.stringify([query, known]);
  if (state === shown) return;
  shown = state;
  showName(query);
  panel.replaceChildren(filterPanel(query, known.brands, changed(query)));
  sorting.replaceChildren(sortLinks(query, changed(query)));
  sizing.replaceChildren(pageSizeSelect(query, changed(query)));
  tags.replaceChildren(...filterTags(query, known.brands, changed(query)));
}

function showName(query) {
  const found = known.catalog ?? catalogs.find(({ id }) => String(id) === query.catalog_id);
  const name = found?.name ?? t("list.title");
  const lang = found ? GOODS_LANGUAGE : null;
  setTitle(name);
  setCurrentCatalog(query.catalog_id);
  title.replaceChildren(h("span", { lang }, name));
  trail.replaceChildren(breadcrumbs([[t("frame.home"), homeLink()], [name, null, lang]]));
}

function badgeOf(query, index) {
  return query.sort === "sales" && query.page === "1" && index < RANKED ? t("list.hot", { rank: index + 1 }) : null;
}

const isFiltered = (query) => Boolean(query.min_price || query.max_price || query.brand);

function clearAction(query) {
  const href = changed(query)({ min_price: "", max_price: "", brand: "" });
  return h("a", { class: "button", href, "data-in-page": true }, t("filter.clear"));
}

function empty(query) {
  if (isFiltered(query)) {
    return emptyState({ title: t("list.empty"), hint: t("list.emptyHint"), actions: [clearAction(query)] });
  }
  return emptyState({ title: t("list.emptyCatalog"), hint: t("list.emptyCatalogHint"), actions: [suggestions] });
}

function waysOut(failure, query) {
  if (failure.code === OUT_OF_RANGE && (query.page !== "1" || isFiltered(query))) {
    const first = h("a", { class: "button button--primary", href: changed(query)({}), "data-in-page": true }, t("list.firstPage"));
    return { retryable: false, actions: isFiltered(query) ? [first, clearAction(query)] : [first] };
  }
  const gone = failure.code === NO_SUCH_CATALOG || failure.code === OUT_OF_RANGE;
  return { retryable: !gone, actions: gone ? [suggestions] : [homeAction()] };
}

main.append(h("div", { class: "container" },
  trail, title,
  h("div", { class: "browse" },
    h("aside", { class: "browse__aside", "aria-label": t("filter.title") }, panel),
    h("section", { class: "listing" },
      listing.heading,
      h("div", { class: "toolbar" }, sorting, h("div", { class: "toolbar__end" }, listing.total, sizing)),
      tags, listing.body))));

listing.start();
catalogs = await fetchCatalogs().catch(() => []);
suggestions.append(catalogChips(catalogs));
showName(readQuery());
