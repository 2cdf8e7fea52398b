/**
 * Orders, as the interface serves them to who is signed in.
 */
import { get, post, put, remove } from "./api.js";
import { once } from "./attempts.js";
import { announce } from "./cart.js";
import { session } from "./session.js";

/** Refusals of orders that a page treats by itself. */
export const REFUSED = {
  badParameter: 10400, noAddress: 10401, nothingSelected: 10402, outOfStock: 10403, withdrawn: 10404, notFound: 10405,
  wrongState: 10406, keyReused: 10407, priceChanged: 10409, notActivated: 10118,
};

export const STATUS = { unpaid: 1, paid: 2, sent: 3, done: 4, closed: 6, refunding: 7, refunded: 8 };
/** Kinds of the order list: the `type` of the interface. */
export const KINDS = [0, 1, 2, 3, 4, 6];

const PAGE_SIZE = 10;
const SIGNED = { signedIn: true };

const mine = (rest = "") => `/v1/orders/${encodeURIComponent(session()?.user ?? "null")}${rest}`;
const one = (orderId, rest = "") => mine(`/${encodeURIComponent(orderId)}${rest}`);
const changed = (request) => once((key) => request({ ...SIGNED, key }));

/** What would be ordered: `data: {addresses, sku_list}`. `purchase`: `{settlement_type}`, for 1 also `sku_id`, `buy_num`. */
export const prepareOrder = (purchase) => get(mine(`/advance?${new URLSearchParams(purchase)}`), SIGNED);

/**
 * Place an order under the key of `attempt`. `order`: address_id, settlement_type, sku_id, buy_count, pay_method,
 * expected_total. Gives `{order_id, total_amount, order_freight, pay_url, carts_count}`.
 */
export async function placeOrder(order, attempt) {
  const { data } = await attempt.send((key) => post(mine(), order, { ...SIGNED, key }));
  if (Number.isInteger(data.carts_count)) announce(data.carts_count);
  return data;
}

/** One page of the orders of a kind: `data: {orders_list}`, `paginator`, `base_url`. */
export const fetchOrders = (type, page, signal) =>
  get(mine(`?${new URLSearchParams({ type, page, pagesize: PAGE_SIZE })}`), { ...SIGNED, signal });

/** One order with its time line: `{order, base}`. */
export async function fetchOrder(orderId) {
  const { data, base_url: base } = await get(one(orderId), SIGNED);
  return { order: data, base };
}

export const cancelOrder = (orderId) => changed((options) => remove(one(orderId), options));
export const confirmReceipt = (orderId) => changed((options) => put(mine(), { order_id: orderId }, options));
export const askRefund = (orderId, reason) => changed((options) => post(one(orderId, "/refund"), { reason }, options));

/** An order's lines in the shape of those of the basket. */
export const orderedLine = (item) => ({
  id: item.id, name: item.name, count: item.count, price: item.price, image: item.default_image_url, total: item.total_amount,
  attributes: (item.sku_sale_attr_names ?? []).map((name, index) => [name, item.sku_sale_attr_vals?.[index] ?? ""]),
});
