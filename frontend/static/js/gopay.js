/**
 * Waiting for a payment: `gopay.html?order_id=`. Providers send the buyer back here; the page asks until the order is paid.
 */
import "./account_texts.js";
import "./order_texts.js";
import { h } from "./dom.js";
import { mountFrame, setTitle } from "./frame.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { homeLink, orderLink, ordersLink, paymentLink } from "./links.js";
import { fetchPayment, REFUSED, STATUS } from "./orders.js";
import { addressedOrder, missingOrder } from "./order_page.js";
import { Poll } from "./poll.js";
import { leftForSignIn, ownSession } from "./sign_in.js";
import { failureState, failureText, messageState } from "./states.js";

/** States after which this page has something to say; of refunds the order itself tells. */
const ENDS = [STATUS.paid, STATUS.sent, STATUS.done, STATUS.closed];

const main = mountFrame(t("pay.waitTitle"));
const place = h("div", { class: "container", "data-testid": "waiting" });
main.append(place);

class WaitingPage {
  constructor(id) {
    this.id = id;
    this.word = h("p", { class: "state__hint", role: "status", "data-testid": "pay-word" });
    this.spinner = h("div", { class: "spinner", "aria-hidden": "true" });
    this.ask = h("button", { type: "button", class: "button", onclick: () => this.askNow(), "data-testid": "ask-now" }, t("pay.ask"));
    this.poll = new Poll((signal) => fetchPayment(id, signal), {
      told: (payment) => this.told(payment), failed: (problem) => this.failed(problem), tired: () => this.tired(),
    });
  }

  /** The first answer decides what is seen; until then the page only says that it looks. */
  start() {
    place.replaceChildren(h("div", { class: "state" }, h("div", { class: "spinner", "aria-hidden": "true" }),
      h("h1", { class: "state__title" }, t("pay.waiting"))));
    place.setAttribute("aria-busy", "true");
    this.shown = false;
    this.poll.start();
  }

  /** An answer; true when it is the last one. */
  told({ status }) {
    place.removeAttribute("aria-busy");
    if (status === STATUS.unpaid) {
      if (!this.shown) this.showWaiting();
      this.say(this.asked ? t("pay.asked") : t("pay.waitingHint"));
      this.asked = false;
      return false;
    }
    if (ENDS.includes(status)) this.showEnd(status);
    else location.replace(orderLink(this.id));
    return true;
  }

  showWaiting() {
    this.shown = true;
    place.replaceChildren(h("div", { class: "state", "data-testid": "pay-waiting" }, this.spinner,
      h("h1", { class: "state__title" }, t("pay.waitTitle")), this.word,
      h("p", { class: "state__hint" }, `${t("pay.order")} ${this.id}`),
      h("div", { class: "state__actions" },
        h("a", { class: "button button--primary", href: paymentLink(this.id), "data-testid": "pay-again" }, t("pay.again")),
        this.ask, h("a", { class: "button", href: orderLink(this.id) }, t("pay.details")))));
  }

  showEnd(status) {
    const closed = status === STATUS.closed;
    const title = t(closed ? "pay.closed" : "pay.done");
    setTitle(title);
    const end = messageState({
      art: closed ? "empty" : "done", title, hint: t(closed ? "pay.closedHint" : "pay.doneHint"), heading: "h1", testId: closed ? "pay-closed" : "pay-done",
      actions: [h("a", { class: "button button--primary", href: orderLink(this.id) }, t("pay.details")),
        h("a", { class: "button", href: closed ? ordersLink() : homeLink() }, t(closed ? "frame.orders" : "home.start"))],
    });
    place.replaceChildren(end);
    const heading = end.querySelector("h1");
    heading.tabIndex = -1;
    heading.focus();
  }

  say(text, symbol = null) {
    if (this.word.textContent !== text) this.word.replaceChildren(...[symbol ? icon(symbol) : null, text].filter(Boolean));
  }

  /** A failure in between; true when asking again is of no use. */
  failed(problem) {
    place.removeAttribute("aria-busy");
    if (leftForSignIn(problem)) return true;
    if (problem.code === REFUSED.notFound) place.replaceChildren(missingOrder("h1"));
    else if (this.shown) this.say(failureText(problem), "alert");
    else place.replaceChildren(failureState(problem, { retry: () => this.start(), heading: "h1" }));
    return !this.shown || problem.kind === "refused";
  }

  tired() {
    this.spinner.hidden = true;
    this.say(t("pay.paused"));
  }

  askNow() {
    this.asked = true;
    this.spinner.hidden = false;
    this.poll.start();
  }
}

function start() {
  if (!ownSession()) return;
  const id = addressedOrder();
  if (id) new WaitingPage(id).start();
  else place.replaceChildren(missingOrder("h1"));
}

start();
