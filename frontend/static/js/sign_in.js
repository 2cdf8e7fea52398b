/**
 * Ways into and out of a session: where to go after signing in, and what happens when a session has ended.
 */
import { weiboAddress } from "./accounts.js";
import { isSignedOut } from "./api.js";
import { h } from "./dom.js";
import { t } from "./language.js";
import { comeBack, homeLink, loginLink, ownPage } from "./links.js";
import { leaveNotice } from "./notices.js";
import { endSession, onSessionChange, session } from "./session.js";
import { failureText } from "./states.js";
import { tab } from "./storage.js";
import { toast } from "./toast.js";

const NEXT_KEY = "dashop_weibo_next";

/** Where the visitor wanted to go. */
export const wanted = () => comeBack() ?? homeLink();

/** Leave for where the visitor wanted to go, with a word of welcome; true, as the page is being left. */
export function goOn(notice, values, target = wanted()) {
  if (notice) leaveNotice(notice, values);
  location.replace(target);
  return true;
}

let leaving = false;

/** The session is over, or never was: sign in, then come back here. */
export function signInAgain(notice = "notice.expired") {
  if (leaving) return;
  leaving = true;
  endSession();
  leaveNotice(notice);
  location.replace(loginLink(comeBack()));
}

/** The session, for pages that need one; null when the visitor is on the way to signing in. Watches for its end. */
export function ownSession() {
  const who = session();
  if (!who) {
    signInAgain("notice.signInFirst");
    return null;
  }
  const look = () => {
    const now = session();
    if (!now) signInAgain();
    else if (now.user !== who.user) location.reload();
  };
  onSessionChange(look);
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    leaving = false;
    look();
  });
  return who;
}

/** Leave for the sign-in page once an account's secret has changed. */
export function signInWith(notice, next = null) {
  leaving = true;
  endSession();
  leaveNotice(notice);
  location.replace(loginLink(next));
  return true;
}

/** A button to sign in by way of Weibo. */
export function weiboButton() {
  const button = h("button", { type: "button", class: "button button--large weibo", "data-testid": "weibo-login", onclick: () => leave() },
    h("span", { class: "weibo__mark", "aria-hidden": "true" }, "微"), t("login.weibo"));
  const leave = async () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    try {
      const address = new URL(await weiboAddress(), location.origin);
      if (!/^https?:$/.test(address.protocol)) throw new TypeError("Not an address of the web");
      tab.write(NEXT_KEY, wanted());
      location.assign(address);
    } catch (problem) {
      if (problem.name !== "ApiFailure" && problem.name !== "TypeError") throw problem;
      toast(problem.name === "ApiFailure" ? failureText(problem) : t("failure.broken"), { tone: "bad" });
      button.removeAttribute("aria-disabled");
    }
  };
  window.addEventListener("pageshow", () => button.removeAttribute("aria-disabled"));
  return button;
}

/** Where the visitor wanted to go before Weibo; asked by the page of the return. */
export const wantedBeforeWeibo = () => ownPage(tab.read(NEXT_KEY)) ?? homeLink();

/** A failure on a personal page: a session that has ended leads to signing in, anything else is for the caller (false). */
export function leftForSignIn(problem) {
  if (!isSignedOut(problem)) return false;
  signInAgain();
  return true;
}
