/**
 * What all pages share: language, title, skip link, header, navigation, footer, notices.
 */
import { h } from "./dom.js";
import { mountFooter } from "./footer.js";
import { mountCatalogNav, mountHeader } from "./header.js";
import { languageTag, t } from "./language.js";
import { takeNotice } from "./notices.js";
import { mountToasts, toast } from "./toast.js";

/** Build the frame and give back `<main>`. */
export function mountFrame(title) {
  document.documentElement.lang = languageTag;
  setTitle(title);
  document.body.prepend(h("a", { class: "skip-link", href: "#main" }, t("frame.skip")));
  mountToasts();
  mountHeader(document.getElementById("site-header"));
  mountCatalogNav(document.getElementById("catalog-nav"));
  mountFooter(document.getElementById("site-footer"));
  const notice = takeNotice();
  if (notice) toast(notice);
  return document.getElementById("main");
}

/** The title of the window. */
export function setTitle(title) {
  document.title = `${title} - ${t("shop.name")}`;
}

/** Where the page lies: `[text, href, lang]` for each step; the last one, without `href`, is the page itself. */
export function breadcrumbs(trail) {
  return h("nav", { class: "breadcrumbs", "aria-label": t("product.breadcrumbs"), "data-testid": "breadcrumbs" },
    h("ol", { role: "list" }, trail.map(([text, href, lang]) =>
      h("li", {}, href ? h("a", { href, lang }, text) : h("span", { "aria-current": "page", lang }, text)))));
}
