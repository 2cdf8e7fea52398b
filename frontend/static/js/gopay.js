/**
 * Waiting for a payment: `gopay.html?order_id=`. Providers send the buyer back here, and here is the code that WeChat
 * scans; the page follows by itself when the order is paid or closed.
 */
import "./account_texts.js";
import "./order_texts.js";
import "./pay_texts.js";
import { clockText, countDownTo, moment } from "./clock.js";
import { h } from "./dom.js";
import { mountFrame, setTitle } from "./frame.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { homeLink, orderLink, ordersLink, paymentLink } from "./links.js";
import { methodMark } from "./method_choice.js";
import { price } from "./money.js";
import { fetchOrder, STATUS } from "./orders.js";
import { addressedOrder, missingOrder } from "./order_page.js";
import { cameTooLate, refundList } from "./order_refunds.js";
import { PaymentCode } from "./payment_code.js";
import { PaymentWatch } from "./payment_watch.js";
import { METHOD, REFUSED } from "./pays.js";
import { leftForSignIn, ownSession } from "./sign_in.js";
import { failureState, failureText, messageState } from "./states.js";

const STEPS = ["code.step1", "code.step2", "code.step3"];

const main = mountFrame(t("pay.waitTitle"));
const place = h("div", { class: "container payment", "data-testid": "waiting" });
main.append(place);

class WaitingPage {
  constructor(id) {
    this.id = id;
    this.stop = () => {};
    this.watch = new PaymentWatch(id, {
      told: (payment) => this.told(payment), failed: (problem) => this.failed(problem), tired: () => this.tired(),
    });
  }

  /** The order decides what is seen at first; from then on it is followed. */
  async start() {
    place.setAttribute("aria-busy", "true");
    place.replaceChildren(h("div", { class: "state" }, h("div", { class: "spinner", "aria-hidden": "true" }),
      h("h1", { class: "state__title" }, t("pay.waiting"))));
    this.shown = null;
    try {
      this.order = (await fetchOrder(this.id)).order;
      this.told(this.order);
      this.watch.start(this.order);
    } catch (problem) {
      if (problem.name !== "ApiFailure") throw problem;
      this.failed(problem);
    }
    place.removeAttribute("aria-busy");
  }

  /** What is known of the payment now; only what is news changes the page. */
  told(payment) {
    const { status, refunds = [] } = payment;
    const method = payment.pay_method === METHOD.wechat ? METHOD.wechat : METHOD.alipay;
    const isOpen = status === STATUS.unpaid;
    const view = JSON.stringify(isOpen ? [status, method] : [status, refunds]);
    if (view !== this.shown) {
      const first = this.shown === null;
      this.shown = view;
      this.stop();
      this.code?.end();
      this.code?.forget();
      this.code = null;
      if (isOpen) this.showWaiting(method);
      else this.showEnd({ status, refunds }, first);
    }
    if (isOpen) this.say(t(this.asked ? "pay.asked" : "pay.waitingHint"));
    this.asked = false;
  }

  showWaiting(method) {
    const scanned = method === METHOD.wechat;
    this.word = h("p", { class: "waiting__word", role: "status", "data-testid": "pay-word" });
    this.live = h("div", { class: "waiting__live" }, h("span", { class: "pulse", "aria-hidden": "true" }), this.word);
    if (scanned) {
      this.code = new PaymentCode(this.id, { amount: this.order.order_total_amount, refused: (problem) => this.codeRefused(problem) });
      this.code.load();
    }
    place.replaceChildren(
      h("h1", { class: "page-title" }, t(scanned ? "code.title" : "pay.waitTitle")),
      h("div", { class: `waiting waiting--${scanned ? "code" : "page"}`, "data-testid": "pay-waiting" },
        h("div", { class: "waiting__due" },
          h("p", { class: "waiting__method" }, methodMark(method), t(`method.${method}`)),
          h("p", { class: "payment__due" }, h("span", {}, t("pay.toPay")), price(this.order.order_total_amount, "large")),
          this.deadline(),
          h("p", { class: "waiting__number" }, `${t("pay.order")} ${this.id}`)),
        this.code?.element ?? null,
        scanned ? h("p", { class: "waiting__same" }, t("code.sameDevice")) : null,
        scanned ? h("ol", { class: "waiting__steps" }, STEPS.map((key) => h("li", {}, t(key)))) : null,
        this.live,
        h("div", { class: "waiting__actions" },
          h("a", { class: scanned ? "button" : "button button--primary", href: paymentLink(this.id), "data-testid": "pay-again" },
            t(scanned ? "pay.other" : "pay.again")),
          h("button", { type: "button", class: "button", onclick: () => this.askNow(), "data-testid": "ask-now" }, t("pay.ask")),
          h("a", { class: "button", href: orderLink(this.id) }, t("pay.details")))));
  }

  /** How long there is to pay; afterwards the code is gone. */
  deadline() {
    const end = moment(this.order.close_at);
    if (end === null) return null;
    const seen = h("p", { class: "payment__until", "data-testid": "pay-until" });
    this.stop = countDownTo(end, (seconds) => {
      seen.replaceChildren(icon("clock"), seconds ? t("pay.until", { time: clockText(seconds) }) : t("pay.over"));
      if (!seconds) this.code?.end();
    });
    return seen;
  }

  showEnd(payment, first) {
    const [closed, late] = [payment.status === STATUS.closed, cameTooLate(payment)];
    const key = closed ? (late ? "pay.late" : "pay.closed") : `pay.end.${payment.status}`;
    const [title, hint] = [t(key), t(`${key}Hint`)];
    setTitle(title);
    const end = messageState({
      art: closed ? "empty" : "done", title, hint, heading: "h1", testId: closed ? "pay-closed" : "pay-done",
      actions: [h("a", { class: "button button--primary", href: orderLink(this.id) }, t("pay.details")),
        h("a", { class: "button", href: closed ? ordersLink() : homeLink() }, t(closed ? "frame.orders" : "home.start"))],
    });
    if (payment.refunds.length) end.querySelector(".state__actions").before(refundList(payment));
    else if (!closed) end.querySelector(".state__title").after(h("p", { class: "state__amount" }, price(this.order.order_total_amount, "large")));
    place.replaceChildren(end);
    if (first) return;
    const heading = end.querySelector("h1");
    heading.tabIndex = -1;
    heading.focus();
  }

  say(text, symbol = null) {
    if (this.word && this.word.textContent !== text) this.word.replaceChildren(...[symbol ? icon(symbol) : null, text].filter(Boolean));
  }

  /** A failure in between; true when asking again is of no use. */
  failed(problem) {
    if (leftForSignIn(problem)) return true;
    if (problem.code === REFUSED.notFound) place.replaceChildren(missingOrder("h1"));
    else if (this.shown) this.say(failureText(problem), "alert");
    else place.replaceChildren(failureState(problem, { retry: () => this.start(), heading: "h1" }));
    return !this.shown || problem.kind === "refused";
  }

  /** There is no code; perhaps because the order is paid or closed, which the watch will tell. */
  codeRefused(problem) {
    if (problem.code === REFUSED.notPayable) this.watch.askNow();
    return leftForSignIn(problem);
  }

  /** Nobody asks any more; the button goes on. */
  tired() {
    this.say(t("pay.paused"));
    this.live?.classList.add("waiting__live--paused");
  }

  askNow() {
    this.asked = true;
    this.live?.classList.remove("waiting__live--paused");
    this.watch.askNow();
  }
}

function start() {
  if (!ownSession()) return;
  const id = addressedOrder();
  if (id) new WaitingPage(id).start();
  else place.replaceChildren(missingOrder("h1"));
}

start();
