/**
 * Paying an order: `payment.html?order_id=`. What is due, until when, at which cashier, and the way there.
 * An address of old that names goods and an address instead leads to the confirmation: opening a link buys nothing.
 */
import "./account_texts.js";
import "./order_texts.js";
import "./pay_texts.js";
import { clockText, countDownTo, moment } from "./clock.js";
import { h } from "./dom.js";
import { mountFrame } from "./frame.js";
import { icon } from "./icons.js";
import { GOODS_LANGUAGE, t } from "./language.js";
import { buyNowLink, checkoutLink, orderLink, ordersLink, waitingLink } from "./links.js";
import { methodChoice, otherMethod } from "./method_choice.js";
import { price } from "./money.js";
import { orderedLine, STATUS } from "./orders.js";
import { addressedOrder, missingOrder, showOrder } from "./order_page.js";
import { facts, goodsLine, section, webAddress } from "./order_parts.js";
import { cameTooLate, refundList } from "./order_refunds.js";
import { METHOD, payOrder, REFUSED } from "./pays.js";
import { leftForSignIn, ownSession } from "./sign_in.js";
import { failureText, messageState } from "./states.js";

const main = mountFrame(t("pay.title"));
const place = h("div", { class: "container payment", "data-testid": "payment" });
main.append(place);
let stop = () => {};

/** How long there is to pay. */
function deadline(closeAt) {
  const end = moment(closeAt);
  if (end === null) return null;
  const seen = h("p", { class: "payment__until", "data-testid": "pay-until" });
  stop();
  stop = countDownTo(end, (seconds) => {
    seen.replaceChildren(icon("clock"), seconds ? t("pay.until", { time: clockText(seconds) }) : t("pay.over"));
  });
  return seen;
}

function due({ order, base }) {
  return [
    h("h1", { class: "page-title" }, t("pay.placed")),
    h("div", { class: "payment__card" },
      deadline(order.close_at),
      h("p", { class: "payment__due" }, h("span", {}, t("pay.toPay")), price(order.order_total_amount, "large")),
      facts([[t("pay.order"), order.order_id], [t("order.address"), h("span", { lang: GOODS_LANGUAGE }, addressText(order.address))]]),
      new Cashiers(order).parts),
    section(t("order.lines"), h("ul", { class: "goods-list", role: "list" }, order.order_sku.map((item) => goodsLine(orderedLine(item), base)))),
  ];
}

const addressText = ({ receiver, mobile, address }) => `${receiver} ${mobile} ${address}`;

/** The choice of a cashier and the way to it, which is asked for at this moment, so that nobody pays for a closed order. */
class Cashiers {
  constructor({ order_id: id, pay_method: method }) {
    this.id = id;
    this.choice = methodChoice({ chosen: method, changed: () => this.nameButton() });
    this.trouble = h("div", { class: "summary__trouble", role: "alert", "data-testid": "pay-trouble" });
    this.button = h("button", { type: "button", class: "button button--primary button--large", onclick: () => this.pay(), "data-testid": "pay-now" });
    this.nameButton();
    this.parts = [
      h("h2", { class: "block__title" }, t("pay.choose")), this.choice.element, this.trouble,
      h("div", { class: "form__actions" }, this.button, h("a", { class: "button button--large", href: orderLink(id) }, t("pay.later"))),
      h("p", { class: "payment__safe" }, icon("shield"), t("pay.safe")),
    ];
  }

  nameButton() {
    if (!this.busy) this.button.textContent = t("pay.with", { method: t(`method.${this.choice.value}`) });
  }

  async pay() {
    if (this.busy) return;
    const method = this.choice.value;
    this.trouble.replaceChildren();
    this.work(true);
    try {
      const { pay_url: page } = await payOrder(this.id, method);
      const address = method === METHOD.wechat ? waitingLink(this.id) : webAddress(page);
      if (address) {
        // Busy until the page has gone.
        location.assign(address);
        return;
      }
      this.complain(t("pay.badLink"));
    } catch (problem) {
      if (problem.name !== "ApiFailure") throw problem;
      if (this.left(problem)) return;
      if (problem.code === REFUSED.providerAway) this.offerOther(method);
      else this.complain(failureText(problem));
    }
    this.work(false);
  }

  /** A refusal after which there is nothing more to choose here. */
  left(problem) {
    if (leftForSignIn(problem)) return true;
    if (problem.code === REFUSED.notPayable) location.replace(waitingLink(this.id));
    else if (problem.code === REFUSED.notFound) place.replaceChildren(missingOrder("h1"));
    else return false;
    return true;
  }

  offerOther(method) {
    const other = otherMethod(method);
    const [name, otherName] = [method, other].map((each) => t(`method.${each}`));
    this.complain(t("pay.providerAway", { name, other: otherName }), h("button", {
      type: "button", class: "button button--small", onclick: () => {
        this.trouble.replaceChildren();
        this.choice.choose(other);
      }, "data-testid": "pay-other",
    }, t("pay.takeOther", { other: otherName })));
  }

  complain(text, way = null) {
    this.trouble.replaceChildren(icon("alert"), h("div", {}, h("p", {}, text), way));
  }

  work(busy) {
    this.busy = busy;
    this.button.setAttribute("aria-disabled", String(busy));
    this.button.classList.toggle("button--busy", busy);
    if (busy) this.button.textContent = t("pay.going");
    else this.nameButton();
  }
}

/** Nothing is due any more. */
function settled({ order }) {
  const paid = ![STATUS.unpaid, STATUS.closed].includes(order.status);
  const late = cameTooLate(order);
  const state = messageState({
    art: paid ? "done" : "empty", title: t(paid ? "pay.notPayable" : "pay.closed"), hint: t(late ? "hint.6.late" : `hint.${order.status}`), heading: "h1",
    testId: "pay-settled",
    actions: [h("a", { class: "button button--primary", href: orderLink(order.order_id) }, t("pay.details")),
      h("a", { class: "button", href: ordersLink() }, t("frame.orders"))],
  });
  if (late) state.querySelector(".state__actions").before(refundList(order));
  return [state];
}

const show = () => showOrder(place, (found) => (found.order.status === STATUS.unpaid ? due(found) : settled(found)), { heading: "h1" });

function start() {
  const query = new URLSearchParams(location.search);
  if (addressedOrder() || !query.has("settlement_type")) {
    if (ownSession()) show();
    return;
  }
  const direct = query.get("settlement_type") === "1";
  location.replace(direct ? buyNowLink(query.get("sku_id"), query.get("buy_count") ?? query.get("buy_num")) : checkoutLink());
}

start();
window.addEventListener("pageshow", ({ persisted }) => persisted && show());
