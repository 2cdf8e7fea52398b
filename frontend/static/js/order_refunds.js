/**
 * Money that goes back, said in the words of a customer.
 */
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { priceText } from "./money.js";
import { STATUS } from "./orders.js";

const REASONS = ["late", "double", "asked"];
const TONES = { pending: "warn", done: "good" };

/** Why money goes back; where it is not told, it came too late for a closed order and twice for a paid one. */
function reasonOf({ reason }, status) {
  if (REASONS.includes(reason)) return reason;
  return status === STATUS.closed ? "late" : "double";
}

const stateOf = ({ state }) => (state === "done" ? "done" : "pending");

/** Whether the order is closed, and was paid for nevertheless. */
export const cameTooLate = ({ status, refunds }) => status === STATUS.closed && Boolean(refunds?.length);

/** One sentence about each refund, with its state, way and time as far as they are known. */
export const refundList = ({ refunds, status }) => h("ul", { class: "refunds", role: "list", "data-testid": "refunds" },
  refunds.map((refund) => {
    const [state, { amount, pay_method: method, time }] = [stateOf(refund), refund];
    const details = [method ? t(`method.${method}`) : null, time].filter(Boolean).join(" · ");
    return h("li", { class: "refund", "data-testid": "refund", "data-state": state, "data-amount": amount },
      icon("refund"),
      h("div", { class: "refund__words" },
        h("p", { class: "refund__text" }, t(`refund.${reasonOf(refund, status)}.${state}`, { amount: priceText(amount) })),
        details ? h("p", { class: "refund__details" }, details) : null),
      h("span", { class: `badge badge--${TONES[state]}` }, t(`refund.state.${state}`)));
  }));
