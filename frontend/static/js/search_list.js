/**
 * The page of search results.
 */
import { OUT_OF_RANGE } from "./api.js";
import { h } from "./dom.js";
import { mountFrame, setTitle } from "./frame.js";
import { fetchCatalogs, fetchSearch } from "./goods.js";
import { t } from "./language.js";
import { searchLink } from "./links.js";
import { Listing } from "./listing.js";
import { catalogChips, emptyState, homeAction } from "./states.js";

const main = mountFrame(t("search.submit"));
const title = h("h1", { class: "page-title", "data-testid": "search-heading" });
const suggestions = h("div", {});

const listing = new Listing({
  readQuery, present, empty, waysOut,
  hrefOf: ({ words, page }) => searchLink(words, page === 1 ? "" : page),
  request: async ({ words, page }, signal) => (words ? fetchSearch(words, page, signal) : null),
});

function readQuery() {
  const given = new URLSearchParams(location.search);
  return { words: given.get("input")?.trim() ?? "", page: given.get("page")?.trim() || "1" };
}

function present({ words }) {
  setTitle(words ? t("results.title", { words }) : t("search.submit"));
  title.textContent = words ? t("results.heading", { words }) : t("search.submit");
}

function empty({ words }) {
  return emptyState({
    title: words ? t("results.none", { words }) : t("results.ask"),
    hint: words ? t("results.noneHint") : t("results.askHint"),
    actions: [suggestions],
  });
}

function waysOut(failure, { words, page }) {
  if (failure.code !== OUT_OF_RANGE || page === "1") return { retryable: failure.kind !== "refused", actions: [homeAction()] };
  const first = h("a", { class: "button button--primary", href: searchLink(words), "data-in-page": true }, t("list.firstPage"));
  return { retryable: false, actions: [first] };
}

main.append(h("div", { class: "container" },
  title,
  h("section", { class: "listing" },
    listing.heading,
    h("div", { class: "toolbar" }, listing.total),
    listing.body)));

listing.start();
suggestions.append(catalogChips(await fetchCatalogs().catch(() => [])));
