/**
 * The frame of the personal pages: navigation between them, who is signed in, and whether the account is activated.
 */
import { fetchProfile, resendActivation } from "./accounts.js";
import { MinuteButton } from "./code_field.js";
import { h } from "./dom.js";
import { noticeBox } from "./entrance.js";
import { breadcrumbs } from "./frame.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { addressesLink, homeLink, ordersLink, passwordLink } from "./links.js";
import { leftForSignIn } from "./sign_in.js";
import { failureText } from "./states.js";
import { toast } from "./toast.js";

const PAGES = [["orders", ordersLink(), "receipt"], ["addresses", addressesLink(), "pin"], ["password", passwordLink(), "lock"]];

/** Fill `<main>` for `who`; `current` is "orders", "addresses" or "password". Gives the element for the page's own content. */
export function personalPage(main, who, current) {
  const title = t(`frame.${current}`);
  const profile = h("div", { class: "profile", "data-testid": "profile" },
    h("span", { class: "profile__sign", "aria-hidden": "true" }, [...who.user][0].toUpperCase()),
    h("p", { class: "profile__name" }, who.user));
  const notices = h("div", { class: "personal__notices" });
  const content = h("div", { class: "personal__content" });
  main.append(h("div", { class: "container" },
    breadcrumbs([[t("frame.home"), homeLink()], [t("frame.account"), ordersLink()], [title]]),
    h("div", { class: "personal" },
      h("aside", { class: "personal__aside", "aria-label": t("frame.account") }, profile, links(current)),
      h("div", { class: "personal__body" }, h("h1", { class: "page-title personal__title" }, title), notices, content))));
  showProfile(profile, notices, who);
  return content;
}

function links(current) {
  return h("nav", { class: "personal__nav", "aria-label": t("personal.pages") },
    h("ul", { role: "list" }, PAGES.map(([name, href, symbol]) =>
      h("li", {}, h("a", { href, "aria-current": name === current ? "page" : null }, icon(symbol), t(`frame.${name}`))))));
}

/** Without the profile the page works all the same. */
async function showProfile(profile, notices, who) {
  try {
    const { email, phone, is_active: active } = await fetchProfile();
    profile.append(
      h("span", { class: `badge ${active ? "badge--good" : "badge--warn"}` }, t(active ? "personal.active" : "personal.inactive")),
      h("p", { class: "profile__line" }, email), h("p", { class: "profile__line" }, phone));
    if (active === false) notices.append(activationNotice(email, who));
  } catch (problem) {
    if (problem.name !== "ApiFailure") throw problem;
    leftForSignIn(problem);
  }
}

function activationNotice(email, who) {
  const again = new MinuteButton(`activation_${who.user}`, {
    text: t("active.resend"),
    send: async () => {
      await resendActivation();
      toast(t("active.sent"));
      return true;
    },
    failed: (problem) => leftForSignIn(problem) || toast(failureText(problem), { tone: "bad" }),
  });
  return noticeBox(t("personal.activate", { email }), { tone: "warn", ways: [again.element] });
}
