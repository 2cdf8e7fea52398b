/**
 * Where Alipay sends the browser back to: `pay_success.html?<signed query>`. That proves nothing by itself: the page says
 * "paid" only when the shop says so, which asks Alipay. Nobody has to be signed in.
 */
import "./account_texts.js";
import "./order_texts.js";
import "./pay_texts.js";
import { h } from "./dom.js";
import { mountFrame, setTitle } from "./frame.js";
import { t } from "./language.js";
import { homeLink, orderLink, ordersLink } from "./links.js";
import { price } from "./money.js";
import { fetchResult } from "./pays.js";
import { Poll } from "./poll.js";
import { failureText, homeAction, messageState } from "./states.js";

/** The provider may be late, but is not asked for ever: again after 2, 4, 8 and 16 seconds. */
const PACE = { first: 2000, growth: 2, longest: 16000, patience: 28000 };

const main = mountFrame(t("result.title"));
const place = h("div", { class: "container", role: "status", "data-testid": "result" });
main.append(place);

const poll = new Poll((signal) => fetchResult(location.search, signal), { told: showPaid, failed: showOpen, tired: showTired }, PACE);

function showPaid({ order_id: id, total_amount: amount }) {
  setTitle(t("result.paid"));
  const state = messageState({
    art: "done", title: t("result.paid"), hint: `${t("pay.order")} ${id}`, heading: "h1", testId: "result-paid",
    actions: [h("a", { class: "button button--primary", href: orderLink(id) }, t("pay.details")),
      h("a", { class: "button", href: homeLink() }, t("home.start"))],
  });
  state.querySelector(".state__title").after(
    h("p", { class: "state__amount" }, h("span", { class: "visually-hidden" }, t("result.amount")), price(amount, "large")));
  place.replaceChildren(state);
  return true;
}

/** Nothing is known yet; a first look says less than a look that brought nothing. */
function showAsking(title, hint) {
  setTitle(title);
  place.replaceChildren(h("div", { class: "state", "data-testid": "result-asking" },
    h("div", { class: "spinner", "aria-hidden": "true" }),
    h("h1", { class: "state__title" }, title),
    hint ? h("p", { class: "state__hint" }, hint) : null,
    h("div", { class: "state__actions" }, h("a", { class: "button", href: ordersLink() }, t("frame.orders")))));
}

/** Whatever the refusal is: nobody has said "paid", and the provider may only be late. */
function showOpen(problem) {
  showAsking(t("result.open"), problem.kind === "refused" ? t("result.openAgain") : failureText(problem));
  return false;
}

function showTired() {
  place.replaceChildren(messageState({
    art: "failure", title: t("result.open"), hint: t("result.openHint"), heading: "h1", testId: "result-open",
    actions: [h("a", { class: "button button--primary", href: ordersLink() }, t("frame.orders")),
      h("button", { type: "button", class: "button", onclick: ask, "data-testid": "ask-again" }, t("result.ask")), homeAction()],
  }));
}

function ask() {
  showAsking(t("result.asking"));
  poll.start();
}

ask();
