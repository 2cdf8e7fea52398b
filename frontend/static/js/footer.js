/**
 * The foot of every page: ways into the shop and what the shop stands for.
 */
import { h } from "./dom.js";
import { fetchCatalogs } from "./goods.js";
import { GOODS_LANGUAGE, t } from "./language.js";
import { addressesLink, cartLink, catalogLink, homeLink, loginLink, ordersLink, passwordLink, registerLink, STATIC } from "./links.js";
import { onSessionChange, session } from "./session.js";

const MOST_CATALOGS = 6;

/** Fill `<footer id="site-footer">`. */
export async function mountFooter(footer) {
  const account = column("frame.account", []);
  const fillAccount = () => account.querySelector("ul").replaceChildren(...accountLinks().map(entry));
  fillAccount();
  onSessionChange(fillAccount);
  const shopping = column("frame.shopping", [[homeLink(), t("frame.home")]]);
  footer.append(
    h("div", { class: "container footer__row" },
      h("div", { class: "footer__brand" },
        h("img", { src: `${STATIC}img/logo.svg`, alt: "", width: 40, height: 40, loading: "lazy" }),
        h("p", { class: "footer__name" }, t("shop.name")),
        h("p", {}, t("shop.slogan"))),
      shopping,
      account,
      h("div", {},
        h("h2", { class: "footer__title" }, t("frame.promise")),
        h("ul", { role: "list" }, ["stock", "pay", "order", "refund"].map((name) => h("li", {}, t(`promise.${name}Hint`)))))),
    h("p", { class: "container footer__end" }, `© ${t("shop.name")}`));
  const catalogs = await fetchCatalogs().catch(() => []);
  shopping.querySelector("ul").append(...catalogs.slice(0, MOST_CATALOGS).map(({ id, name }) => entry([catalogLink(id), name, GOODS_LANGUAGE])));
}

function accountLinks() {
  const own = session()
    ? [[ordersLink(), t("frame.orders")], [addressesLink(), t("frame.addresses")], [passwordLink(), t("frame.password")]]
    : [[loginLink(), t("frame.login")], [registerLink(), t("frame.register")]];
  return [...own, [cartLink(), t("frame.cart")]];
}

function column(title, links) {
  return h("div", {},
    h("h2", { class: "footer__title" }, t(title)),
    h("ul", { role: "list" }, links.map(entry)));
}

function entry([href, text, lang]) {
  return h("li", {}, h("a", { href, lang }, text));
}
