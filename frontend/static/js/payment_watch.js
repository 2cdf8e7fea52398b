/**
 * Watching a payment: told by the server while it is open, asked for where streams do not work, and after the order was
 * closed asked for a while longer, as money may be on its way.
 */
import { STATUS } from "./orders.js";
import { fetchPayment, streamPayment } from "./pays.js";
import { Poll } from "./poll.js";
import { parsed } from "./storage.js";
import { Stream } from "./stream.js";

const AFTERWARDS = { first: 3000, patience: 5 * 60 * 1000 };

/** Whether there is nothing to pay any more, but money may still have to go back. */
const isUnsettled = ({ status, refunds = [] }) =>
  refunds.some(({ state }) => state === "pending") || (status === STATUS.closed && !refunds.length);

export class PaymentWatch {
  /**
   * `told(payment)` is called with every answer; `failed(problem)` with what stands in the way, and gives true when
   * asking again is of no use; `tired()` when nothing is asked any more although the order is not paid.
   */
  constructor(orderId, { told, failed, tired }) {
    const ask = (signal) => fetchPayment(orderId, signal);
    Object.assign(this, { ask, told, failed });
    document.addEventListener("visibilitychange", () => document.hidden || this.look());
    this.poll = new Poll(ask, { told: (payment) => this.hear(payment), failed, tired });
    this.afterwards = new Poll(ask, { told: (payment) => this.hear(payment), failed: () => false, tired: () => {} }, AFTERWARDS);
    this.stream = new Stream((place) => streamPayment(orderId, place), {
      told: ({ data }) => this.hear(parsed(data)),
      answered: (payment) => this.hear(payment) || this.poll.start(),
      refused: failed,
      lost: () => this.poll.start(),
    });
  }

  /** Go on from what is known. */
  start(payment) {
    if (payment.status === STATUS.unpaid) {
      this.stream.start();
      this.look();
    } else this.settle(payment);
  }

  /**
   * Ask in passing. The stream tells what the shop knows; a question makes the shop ask the provider, whose own word
   * may be late when a buyer comes from there.
   */
  async look() {
    if (this.stream.over) return;
    try {
      const payment = await this.ask();
      if (!this.stream.over) this.hear(payment);
    } catch (problem) {
      if (problem.name !== "ApiFailure") throw problem;
    }
  }

  /** Ask at once, and go on asking if that was given up. */
  async askNow() {
    if (this.stream.over) {
      this.poll.start();
      return;
    }
    try {
      const payment = await this.ask();
      if (!this.stream.over) this.hear(payment);
    } catch (problem) {
      if (problem.name !== "ApiFailure") throw problem;
      if (this.failed(problem)) this.stream.stop();
    }
  }

  /** An answer; true when it is the last one that `poll` has to ask for. */
  hear(payment) {
    if (!payment) return false;
    this.told(payment);
    if (payment.status === STATUS.unpaid) return false;
    this.stream.stop();
    return !this.afterwards.over ? !isUnsettled(payment) : this.settle(payment);
  }

  /** The order has left the state of waiting. */
  settle(payment) {
    this.poll.over = true;
    if (isUnsettled(payment)) this.afterwards.start();
    return true;
  }
}
