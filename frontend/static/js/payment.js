/**
 * Paying an order: `payment.html?order_id=`. What is due, until when, and the way to the provider.
 * An address of old that names goods and an address instead leads to the confirmation: opening a link buys nothing.
 */
import "./account_texts.js";
import "./order_texts.js";
import { clockText, countDownTo, moment } from "./clock.js";
import { h } from "./dom.js";
import { mountFrame } from "./frame.js";
import { icon } from "./icons.js";
import { GOODS_LANGUAGE, t } from "./language.js";
import { buyNowLink, checkoutLink, orderLink, ordersLink, waitingLink } from "./links.js";
import { price } from "./money.js";
import { orderedLine, payAgain, REFUSED, STATUS } from "./orders.js";
import { addressedOrder, showOrder } from "./order_page.js";
import { facts, goodsLine, section, webAddress } from "./order_parts.js";
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
  const { order_id: id, order_total_amount: amount, pay_method: method } = order;
  const trouble = h("p", { class: "summary__trouble", role: "alert", "data-testid": "pay-trouble" });
  const button = h("button", { type: "button", class: "button button--primary button--large", "data-testid": "pay-now" }, t("pay.go"));
  button.addEventListener("click", () => leave(id, button, trouble));
  return [
    h("h1", { class: "page-title" }, t("pay.placed")),
    h("div", { class: "payment__card" },
      deadline(order.close_at),
      h("p", { class: "payment__due" }, h("span", {}, t("pay.toPay")), price(amount, "large")),
      facts([[t("pay.order"), id], [t("order.method"), method ? t(`method.${method}`) : null], [t("order.address"), h("span", { lang: GOODS_LANGUAGE }, addressText(order.address))]]),
      trouble,
      h("div", { class: "form__actions" }, button, h("a", { class: "button button--large", href: orderLink(id) }, t("pay.later")))),
    section(t("order.lines"), h("ul", { class: "goods-list", role: "list" }, order.order_sku.map((item) => goodsLine(orderedLine(item), base)))),
  ];
}

const addressText = ({ receiver, mobile, address }) => `${receiver} ${mobile} ${address}`;

/** Go to the provider; what it knows is asked for at this moment, so that nobody pays for a closed order. */
async function leave(id, button, trouble) {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  trouble.replaceChildren();
  try {
    const address = webAddress((await payAgain(id)).pay_url);
    if (address) {
      location.assign(address);
      return;
    }
    trouble.replaceChildren(icon("alert"), t("pay.badLink"));
  } catch (problem) {
    if (problem.name !== "ApiFailure") throw problem;
    if (leftForSignIn(problem)) return;
    if (problem.code === REFUSED.wrongState) {
      location.replace(waitingLink(id));
      return;
    }
    trouble.replaceChildren(icon("alert"), failureText(problem));
  }
  button.removeAttribute("aria-disabled");
}

/** Nothing is due any more. */
function settled({ order }) {
  const paid = ![STATUS.unpaid, STATUS.closed].includes(order.status);
  return [messageState({
    art: paid ? "done" : "empty", title: t(paid ? "pay.notPayable" : "pay.closed"), hint: t(`hint.${order.status}`), heading: "h1",
    testId: "pay-settled",
    actions: [h("a", { class: "button button--primary", href: orderLink(order.order_id) }, t("pay.details")),
      h("a", { class: "button", href: ordersLink() }, t("frame.orders"))],
  })];
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
