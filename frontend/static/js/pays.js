/**
 * Paying, as the interface serves it: a way to the provider, what became of it, and the provider's word on the way back.
 */
import { get, getPicture, openStream, post } from "./api.js";
import { once } from "./attempts.js";

export const METHOD = { alipay: 1, wechat: 2 };
/** Refusals of payments that a page treats by itself. */
export const REFUSED = { notFound: 10405, providerAway: 10501, notPayable: 10503 };

const SIGNED = { signedIn: true };
const one = (orderId, rest = "") => `/v1/pays/${encodeURIComponent(orderId)}${rest}`;

/** A way to pay an unpaid order now: `{order_id, total_amount, pay_method, pay_url}`, for WeChat also `code_url`. */
export const payOrder = async (orderId, method) =>
  (await once((key) => post(one(orderId), { pay_method: method }, { ...SIGNED, key }))).data;

/** What became of a payment: `{status, paid_at, pay_method, refunds}`. */
export const fetchPayment = (orderId, signal) => get(one(orderId), { ...SIGNED, signal });

/** The same, told whenever it changes; see `openStream`. */
export const streamPayment = (orderId, { lastId, signal }) => openStream(one(orderId), { lastId, signal });

/** The QR code that WeChat scans, as a picture (Blob). */
export const fetchPaymentCode = (orderId, signal) => getPicture(one(orderId, "/code.svg"), { ...SIGNED, signal });

/** What the provider confirms of the signed query it sent the browser back with: `{order_id, total_amount}`. */
export const fetchResult = async (query, signal) => (await get(`/v1/orders/result/${query}`, { signal })).data;
