/**
 * The layout of the pages of registration and signing in: a card with the form beside a picture of the shop.
 */
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { homeLink, STATIC } from "./links.js";
import { t } from "./language.js";
import { promises } from "./promises.js";

/** Fill `<main>`. `content` goes below title and lead, `foot` below the card's line. */
export function entrance(main, { title, lead = null, content, foot = [] }) {
  const heading = h("h1", { class: "entrance__title", tabindex: "-1" }, title);
  const card = h("section", { class: "entrance__card" }, heading, lead ? h("p", { class: "entrance__lead" }, lead) : null,
    content, foot.length ? h("div", { class: "entrance__foot" }, foot) : null);
  main.replaceChildren(h("div", { class: "entrance container" },
    h("aside", { class: "entrance__aside", "aria-label": t("frame.promise") },
      h("div", { class: "entrance__view" },
        h("p", { class: "entrance__slogan" }, t("shop.slogan")),
        h("img", { src: `${STATIC}img/hero.svg`, alt: "", width: 560, height: 400 }),
        promises())),
    card));
  return { card, heading };
}

/** A quiet notice inside a page; `ways` are buttons or links. */
export function noticeBox(text, { tone = "good", ways = [] } = {}) {
  return h("div", { class: `notice notice--${tone}`, role: "status", "data-testid": "notice" },
    icon(tone === "good" ? "check" : "alert"), h("p", { class: "notice__text" }, text), ways);
}

/** A question with a link, for the foot of a card. */
export const askWith = (question, href, text) => h("p", {}, question, " ", h("a", { class: "link", href }, text));

/** "or", between a form and other ways in. */
export const orLine = () => h("p", { class: "entrance__or" }, h("span", {}, t("login.or")));

/** What somebody sees who is signed in already: go on, or sign out first. */
export function alreadyIn(name, { target, leave }) {
  return [noticeBox(t("login.already", { name })),
    h("div", { class: "form__actions" },
      h("a", { class: "button button--primary button--large", href: target ?? homeLink() }, t("login.goOn")),
      h("button", { type: "button", class: "button button--large", onclick: leave, "data-testid": "switch-account" }, t("login.switch")))];
}
