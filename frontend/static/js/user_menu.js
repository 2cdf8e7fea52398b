/**
 * The menu under the name of who is signed in: a button that unfolds a list of links.
 */
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { addressesLink, ordersLink, passwordLink } from "./links.js";
import { endSession } from "./session.js";
import { toast } from "./toast.js";

/** The button with the name, and its list. */
export function userMenu(name) {
  const list = h("ul", { id: "user-menu", class: "menu__list", role: "list", hidden: true },
    entry(ordersLink(), "receipt", "frame.orders", "menu-orders"),
    entry(addressesLink(), "pin", "frame.addresses", "menu-addresses"),
    entry(passwordLink(), "lock", "frame.password", "menu-password"),
    h("li", {}, h("button", { type: "button", class: "menu__item", onclick: logOut, "data-testid": "logout" },
      icon("logout"), t("frame.logout"))));
  const button = h("button", {
    type: "button", class: "link-button menu__button", "aria-expanded": "false", "aria-controls": "user-menu", "data-testid": "user-menu",
  }, h("span", { class: "topbar__name", "data-testid": "user-name" }, t("frame.hello", { name })), icon("down"));
  const menu = h("div", { class: "menu" }, button, list);
  unfolding(menu, button, list);
  return menu;
}

function entry(href, symbol, text, testId) {
  const current = location.pathname === href ? "page" : null;
  return h("li", {}, h("a", { class: "menu__item", href, "aria-current": current, "data-testid": testId }, icon(symbol), t(text)));
}

/** Open and close by the button; Escape, a click elsewhere or leaving with the keyboard close, too. */
function unfolding(menu, button, list) {
  const show = (open) => {
    list.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  };
  button.addEventListener("click", () => show(list.hidden));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || list.hidden) return;
    show(false);
    button.focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) show(false);
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) show(false);
  });
}

function logOut() {
  endSession();
  toast(t("frame.loggedOut"));
}
