/**
 * One order: `orderDetail.html?order_id=`. Its state, way, goods, address, amounts, and what can be done with it.
 */
import "./account_texts.js";
import "./order_texts.js";
import { less } from "./amounts.js";
import { clockText, countDownTo, moment } from "./clock.js";
import { h } from "./dom.js";
import { breadcrumbs, mountFrame } from "./frame.js";
import { icon } from "./icons.js";
import { GOODS_LANGUAGE, t } from "./language.js";
import { homeLink, ordersLink } from "./links.js";
import { orderedLine, STATUS } from "./orders.js";
import { orderActions } from "./order_actions.js";
import { showOrder } from "./order_page.js";
import { amounts, facts, goodsLine, section } from "./order_parts.js";
import { cameTooLate, refundList } from "./order_refunds.js";
import { ownSession } from "./sign_in.js";

const SYMBOLS = { 1: "clock", 2: "box", 3: "truck", 4: "check", 6: "close", 7: "refund", 8: "refund" };
const UNPAID = [STATUS.unpaid, STATUS.closed];

const main = mountFrame(t("order.title"));
const heading = h("h1", { class: "page-title", tabindex: "-1" }, t("order.title"));
const place = h("div", { class: "detail", "data-testid": "order-detail" });
let stop = () => {};

/** What the state means, and what there is to do. */
function head(order) {
  const hint = h("p", { class: "status-card__hint" }, t(cameTooLate(order) ? "hint.6.late" : `hint.${order.status}`));
  const end = moment(order.close_at);
  stop();
  if (order.status === STATUS.unpaid && end !== null) {
    stop = countDownTo(end, (seconds) => {
      hint.textContent = seconds ? t("pay.until", { time: clockText(seconds) }) : t("pay.over");
    });
  }
  return h("section", { class: "status-card", "aria-labelledby": "status-title", "data-status": order.status, "data-testid": "status-card" },
    icon(SYMBOLS[order.status] ?? "receipt"),
    h("div", { class: "status-card__words" }, h("h2", { id: "status-title", class: "status-card__title", "data-testid": "order-status" }, t(`status.${order.status}`)), hint),
    h("div", { class: "status-card__actions" }, orderActions(order, changed)));
}

/** The steps the order took, the latest first. */
function progress(events) {
  return h("ol", { class: "timeline", role: "list", "data-testid": "timeline" }, [...events].reverse().map((event) => {
    const refused = event.from_status === STATUS.refunding && event.status === STATUS.paid;
    const key = refused ? "event.7-2" : `event.${event.status}`;
    return h("li", { class: "timeline__step" },
      h("p", { class: "timeline__title" }, t(key)),
      h("p", { class: "timeline__facts" }, h("time", {}, event.time), " · ", t("order.by", { actor: t(`actor.${event.actor}`) })),
      event.note ? h("p", { class: "timeline__note", lang: GOODS_LANGUAGE }, event.note) : null);
  }));
}

function content({ order, base }) {
  const { order_id: id, address, order_total_amount: total, order_freight: freight, pay_method: method, status } = order;
  const { receiver, mobile, title, address: where } = address;
  const last = status === STATUS.unpaid ? "amount.total" : UNPAID.includes(status) ? "amount.sum" : "amount.paid";
  return [head(order),
    h("div", { class: "detail__columns" },
      h("div", { class: "detail__main" },
        order.refunds?.length ? section(t("refund.title"), refundList(order), { testId: "refund-section" }) : null,
        section(t("order.lines"), h("ul", { class: "goods-list", role: "list" }, order.order_sku.map((item) => goodsLine(orderedLine(item), base)))),
        section(t("confirm.amounts"), amounts([
          [t("amount.goodsCount", { count: order.order_total_count }), less(total, freight), "goods-amount"],
          [t("amount.freight"), freight, "freight"], [t(last), total, "total-amount"]]))),
      h("div", { class: "detail__aside" },
        section(t("order.address"), [h("p", { class: "detail__person" }, h("b", {}, receiver), " ", mobile, " ",
          title ? h("span", { class: "badge badge--muted" }, title) : null), h("p", { lang: GOODS_LANGUAGE, class: "detail__place" }, where)]),
        section(t("order.facts"), facts([[t("pay.order"), id], [t("order.time"), order.order_time],
          [t("order.method"), method ? t(`method.${method}`) : null]])),
        order.events?.length ? section(t("order.progress"), progress(order.events)) : null))];
}

const show = () => showOrder(place, content, { text: t("pay.loading") });

/** After a step the order is shown anew, and reading goes on at its top. */
async function changed() {
  await show();
  heading.focus();
}

if (ownSession()) {
  main.append(h("div", { class: "container" },
    breadcrumbs([[t("frame.home"), homeLink()], [t("frame.orders"), ordersLink()], [t("order.title")]]), heading, place));
  show();
}
window.addEventListener("pageshow", ({ persisted }) => persisted && show());
