/**
 * The QR code of an order that WeChat scans: loading, shown, no longer valid, failed.
 */
import { isAbort } from "./api.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { priceText } from "./money.js";
import { fetchPaymentCode, METHOD, payOrder, REFUSED } from "./pays.js";
import { failureText } from "./states.js";

const SIZE = 240;

export class PaymentCode {
  /** `refused(problem)` is told why there is no code; it gives true when the page shows something else instead. */
  constructor(orderId, { amount, refused }) {
    Object.assign(this, { orderId, amount, refused, address: null });
    this.frame = h("div", { class: "code__frame", "data-testid": "pay-code" });
    this.button = h("button", { type: "button", class: "button button--small", onclick: () => this.renew(), "data-testid": "renew-code" },
      icon("refresh"), t("code.renew"));
    this.element = h("div", { class: "code" }, this.frame, this.button);
  }

  /** Fetch the code. */
  load() {
    return this.bring((signal) => fetchPaymentCode(this.orderId, signal));
  }

  /** Fetch it anew, and have another made when it cannot be paid by any more. */
  renew() {
    return this.bring(async (signal) => {
      await payOrder(this.orderId, METHOD.wechat);
      signal.throwIfAborted();
      return fetchPaymentCode(this.orderId, signal);
    });
  }

  async bring(ask) {
    this.waiting?.abort();
    this.waiting = new AbortController();
    const { signal } = this.waiting;
    this.show("loading", h("p", { class: "visually-hidden", role: "status" }, t("code.loading")), h("div", { class: "spinner", "aria-hidden": "true" }));
    try {
      const picture = await ask(signal);
      if (signal.aborted) return;
      this.forget();
      this.address = URL.createObjectURL(picture);
      const image = h("img", { src: this.address, alt: t("code.alt", { amount: priceText(this.amount) }), width: SIZE, height: SIZE });
      image.addEventListener("error", () => this.fail(t("code.broken")));
      this.show("shown", image);
    } catch (problem) {
      if (isAbort(problem) || signal.aborted) return;
      if (problem.name !== "ApiFailure") throw problem;
      if (this.refused(problem)) return;
      if (problem.code === REFUSED.notPayable) this.end({ renewable: true });
      else this.fail(problem.code === REFUSED.providerAway ? t("code.providerAway") : failureText(problem));
    }
  }

  fail(text) {
    const again = h("button", { type: "button", class: "button button--small button--primary", onclick: () => this.load(), "data-testid": "retry-code" },
      t("failure.retry"));
    this.show("failed", h("p", { class: "code__text", role: "alert", "data-testid": "code-trouble" }, icon("alert"), t("code.failed"), " ", text), again);
  }

  /** Nobody can pay by it any more; while the order is open, perhaps by another. */
  end({ renewable = false } = {}) {
    this.waiting?.abort();
    this.show("over", h("p", { class: "code__text" }, icon("clock"), t("code.over")));
    this.button.hidden = !renewable;
  }

  show(state, ...content) {
    this.frame.dataset.state = state;
    this.frame.setAttribute("aria-busy", String(state === "loading"));
    this.frame.replaceChildren(...content);
    this.button.hidden = state !== "shown";
  }

  /** Give the picture back to the browser. */
  forget() {
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = null;
  }
}
