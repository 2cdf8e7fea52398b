/**
 * Links to the pages of a list: first, last, the neighbours of the current one, and gaps between.
 */
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";

/** How many pages `total` records fill; an empty list still has one. */
export const pageCount = ({ total, pagesize }) => Math.max(1, Math.ceil(total / pagesize));

/** The numbers to show, null for a gap: 1 … 4 5 6 … 20 */
function pageNumbers(current, last) {
  const near = [1, current - 1, current, current + 1, last].filter((page) => page >= 1 && page <= last);
  const shown = [...new Set(near)].sort((a, b) => a - b);
  return shown.flatMap((page, index) => {
    const skipped = page - (shown[index - 1] ?? 0) - 1;
    if (skipped === 1) return [page - 1, page];
    return skipped > 1 ? [null, page] : [page];
  });
}

/** The paginator, or null where one page holds all. `hrefOf(page)` writes the links. */
export function paginator(current, last, hrefOf) {
  if (last <= 1) return null;
  return h("nav", { class: "paginator", "aria-label": t("page.label"), "data-testid": "paginator" },
    step("previous", "left", current > 1 ? hrefOf(current - 1) : null),
    h("ol", { class: "paginator__pages", role: "list" }, pageNumbers(current, last).map((page) =>
      h("li", { class: page === null ? "paginator__gap" : null }, page === null ? "…" : number(page, current, hrefOf)))),
    step("next", "right", current < last ? hrefOf(current + 1) : null));
}

function number(page, current, hrefOf) {
  return h("a", {
    class: "paginator__page", href: hrefOf(page), "data-in-page": true,
    "aria-label": t("page.number", { page }), "aria-current": page === current ? "page" : null,
  }, page);
}

function step(which, symbol, href) {
  const text = h("span", { class: "paginator__word" }, t(`page.${which}`));
  const content = which === "previous" ? [icon(symbol), text] : [text, icon(symbol)];
  const attributes = href
    ? { href, rel: which === "previous" ? "prev" : "next", "data-in-page": true }
    : { role: "link", "aria-disabled": "true" };
  return h("a", { class: "paginator__step", "aria-label": t(`page.${which}`), ...attributes }, content);
}
