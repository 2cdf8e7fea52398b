/**
 * What a customer can do with an order: pay, cancel, confirm that it came, ask for the money back.
 */
import { confirmDialog, openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { Field } from "./field.js";
import { Form } from "./form.js";
import { t } from "./language.js";
import { paymentLink } from "./links.js";
import { askRefund, cancelOrder, confirmReceipt, REFUSED, STATUS } from "./orders.js";
import { leftForSignIn } from "./sign_in.js";
import { failureText } from "./states.js";
import { toast } from "./toast.js";

const LONGEST_REASON = 100;
/** The order has moved on since it was shown. */
const OUTDATED = [REFUSED.wrongState, REFUSED.notFound];

/** Buttons and links for the state of an order; `changed()` shows it anew. */
export function orderActions(order, changed) {
  const { order_id: id, status } = order;
  const spoken = h("span", { class: "visually-hidden" }, ` ${t("orders.number", { id })}`);
  const button = (key, onclick, testId, kind = "") => h("button", {
    type: "button", class: `button button--small ${kind}`, onclick, "data-testid": testId,
  }, t(key), spoken.cloneNode(true));
  const pay = () => h("a", { class: "button button--small button--primary", href: paymentLink(id), "data-testid": "pay-order" },
    t("order.pay"), spoken.cloneNode(true));
  const shown = {
    [STATUS.unpaid]: () => [button("order.cancel", () => ask("cancel", id, cancelOrder, changed), "cancel-order"), pay()],
    [STATUS.paid]: () => [button("order.refund", () => openRefundForm(id, changed), "refund-order")],
    [STATUS.sent]: () => [button("order.receive", () => ask("receive", id, confirmReceipt, changed), "receive-order", "button--primary")],
  };
  return shown[status]?.() ?? [];
}

const DONE = { cancel: "order.cancelled", receive: "order.received" };

function ask(step, id, act, changed) {
  confirmDialog({
    title: t(`order.${step}Ask`), text: t(`order.${step}Text`, { id }), action: t(`order.${step}`),
    act: async () => {
      try {
        await act(id);
        toast(t(DONE[step]));
      } catch (problem) {
        if (problem.name !== "ApiFailure") throw problem;
        if (leftForSignIn(problem)) return;
        toast(failureText(problem), { tone: "bad" });
        if (!OUTDATED.includes(problem.code)) return;
      }
      await changed();
    },
  });
}

function reasonRule(text) {
  if (!text) return "order.reasonMissing";
  return [...text].length > LONGEST_REASON ? "order.reasonLength" : null;
}

function openRefundForm(id, changed) {
  const reason = new Field("reason", {
    label: t("order.refundReason"), hint: t("order.refundHint"), rule: reasonRule, attributes: { autocomplete: "off" },
  });
  const form = new Form({
    testId: "refund-form", fields: [reason], submit: t("order.refundSend"), draft: `refund_${id}`,
    send: (values) => askRefund(id, values.reason),
    refusals: { [REFUSED.badParameter]: "reason" },
    done: async () => {
      dialog.close();
      toast(t("order.refundAsked"));
      await changed();
    },
  });
  form.button.after(h("button", { type: "button", class: "button button--large", onclick: () => dialog.close(), "data-testid": "cancel" }, t("dialog.cancel")));
  const dialog = openDialog({ title: t("order.refund"), testId: "refund-dialog", content: [form.element] });
  reason.focus();
}
