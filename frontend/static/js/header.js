/**
 * The head of every page: account strip, logo, search box, cart, catalogue navigation.
 */
import { countLines, onCartChange, rememberedCount } from "./cart.js";
import { h } from "./dom.js";
import { fetchCatalogs } from "./goods.js";
import { icon } from "./icons.js";
import { GOODS_LANGUAGE, language, switchLanguage, t } from "./language.js";
import { cartLink, catalogLink, comeBack, homeLink, loginLink, registerLink, searchLink, STATIC } from "./links.js";
import { onSessionChange, session } from "./session.js";
import { userMenu } from "./user_menu.js";

const MOST_SHOWN = 99;

/** Fill `<header id="site-header">`. */
export function mountHeader(header) {
  const account = h("div", { class: "topbar__account", "data-testid": "account" });
  const fillAccount = () => account.replaceChildren(...accountLinks());
  fillAccount();
  onSessionChange(fillAccount);
  header.append(
    h("div", { class: "topbar" },
      h("div", { class: "container topbar__row" },
        h("p", { class: "topbar__welcome" }, t("frame.welcome")),
        account,
        languageButton())),
    h("div", { class: "bar" },
      h("div", { class: "container bar__row" }, logo(), searchBox(), cartButton())));
}

function accountLinks() {
  const who = session();
  if (who) return [userMenu(who.user)];
  return [
    h("a", { href: loginLink(comeBack()), "data-testid": "login-link" }, t("frame.login")),
    h("a", { href: registerLink(comeBack()), "data-testid": "register-link" }, t("frame.register")),
  ];
}

function languageButton() {
  const other = language === "zh" ? "en" : "zh-CN";
  return h("button", {
    type: "button", class: "link-button topbar__language", lang: other, onclick: switchLanguage, "data-testid": "language-switch",
    title: t("frame.languageLabel"),
  }, icon("globe"), t("frame.language"));
}

function logo() {
  return h("a", { class: "logo", href: homeLink(), "aria-label": `${t("shop.name")} – ${t("frame.home")}` },
    h("img", { src: `${STATIC}img/logo.svg`, alt: "", width: 40, height: 40 }),
    h("span", { class: "logo__name" }, t("shop.name")));
}

function searchBox() {
  const input = h("input", {
    id: "search-input", class: "search__input", type: "search", name: "input", maxlength: 100, enterkeyhint: "search",
    placeholder: t("search.placeholder"), autocomplete: "off", "data-testid": "search-input",
  });
  if (location.pathname === new URL(searchLink(), location).pathname) {
    input.value = new URLSearchParams(location.search).get("input") ?? "";
  }
  const askForWords = (event) => {
    if (input.value.trim()) return;
    event.preventDefault();
    input.focus();
  };
  return h("form", { class: "search", role: "search", action: searchLink(), method: "get", onsubmit: askForWords },
    h("label", { class: "visually-hidden", for: "search-input" }, t("search.label")),
    input,
    h("button", { class: "search__button", type: "submit", "aria-label": t("search.submit") },
      icon("search"), h("span", { class: "search__word" }, t("search.submit"))));
}

function cartButton() {
  const badge = h("span", { class: "cart-button__badge", "aria-hidden": "true", "data-testid": "cart-badge", hidden: true });
  const spoken = h("span", { class: "visually-hidden" });
  const button = h("a", { class: "cart-button", href: cartLink(), "data-testid": "cart-link" },
    icon("cart"), h("span", { class: "cart-button__word" }, t("frame.cart")), spoken, badge);
  const show = (count) => {
    badge.hidden = count === 0;
    badge.textContent = count > MOST_SHOWN ? `${MOST_SHOWN}+` : String(count);
    spoken.textContent = t("frame.cartCount", { count });
  };
  const refresh = async () => show(await countLines());
  show(rememberedCount());
  refresh();
  onCartChange(show);
  onSessionChange(refresh);
  window.addEventListener("pageshow", (event) => event.persisted && refresh());
  return button;
}

/** Fill `<nav id="catalog-nav">`; without catalogues it keeps only the way home. */
export async function mountCatalogNav(nav) {
  nav.setAttribute("aria-label", t("frame.catalogs"));
  const list = h("ul", { class: "container catalog-nav__list", role: "list" }, navItem(homeLink(), t("frame.home"), { key: "home" }));
  nav.append(list);
  const catalogs = await fetchCatalogs().catch(() => []);
  list.append(...catalogs.map(({ id, name }) => navItem(catalogLink(id), name, { key: id, lang: GOODS_LANGUAGE })));
  markCurrent(nav);
}

function navItem(href, name, { key, lang }) {
  return h("li", {}, h("a", { href, lang, "data-catalog": key }, name));
}

let currentCatalog = null;

/** Tell the navigation which catalogue the page belongs to ("home" for the front page). */
export function setCurrentCatalog(key) {
  currentCatalog = String(key);
  markCurrent(document.getElementById("catalog-nav"));
}

function markCurrent(nav) {
  for (const link of nav.querySelectorAll("a")) {
    const current = link.dataset.catalog === currentCatalog;
    if (current) {
      link.setAttribute("aria-current", link.href === location.href ? "page" : "true");
      bringIntoView(link);
    } else link.removeAttribute("aria-current");
  }
}

/** Scroll the row of catalogues, never the page. */
function bringIntoView(link) {
  const row = link.closest("ul");
  row.scrollLeft = link.offsetLeft + link.offsetWidth / 2 - row.clientWidth / 2;
}
