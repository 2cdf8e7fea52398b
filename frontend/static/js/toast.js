/**
 * Short notices at the foot of the window, read out politely.
 */
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";

const SHOWN_MS = 6000;

let region = null;
let timer = null;

/** Put the (empty) live region into the page; notices are only read out when it is there before them. */
export function mountToasts() {
  region = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
  document.body.append(region);
}

/** Show a notice, optionally with a link `{href, text}`. `tone` is `good` or `bad`. */
export function toast(text, { tone = "good", link } = {}) {
  clearTimeout(timer);
  region.replaceChildren(h("div", { class: `toast toast--${tone}`, "data-testid": "toast" },
    icon(tone === "good" ? "check" : "alert"),
    h("span", { class: "toast__text" }, text),
    link ? h("a", { class: "toast__link", href: link.href }, link.text) : null,
    h("button", { type: "button", class: "icon-button", "aria-label": t("frame.dismiss"), onclick: dismiss }, icon("close"))));
  timer = setTimeout(dismissUnlessUsed, SHOWN_MS);
}

function dismiss() {
  region.replaceChildren();
}

/** Nobody loses a notice under the hand. */
function dismissUnlessUsed() {
  if (region.matches(":hover") || region.contains(document.activeElement)) timer = setTimeout(dismissUnlessUsed, SHOWN_MS);
  else dismiss();
}
