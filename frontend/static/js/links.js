/**
 * The addresses of the pages: the only place that knows their names and parameters.
 */
const PAGES = "/dadashop/templates/";
export const STATIC = "/dadashop/static/";

/** The address of a page; parameters that are empty are left out. */
function pageLink(page, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== "") query.set(name, value);
  }
  const text = query.toString();
  return `${PAGES}${page}.html${text ? `?${text}` : ""}`;
}

export const homeLink = () => pageLink("index");
export const catalogLink = (id, query = {}) => pageLink("product_list", { catalog_id: id, ...query });
export const searchLink = (words, page) => pageLink("search_list", { input: words, page });
export const productLink = (skuId) => pageLink("product_details", { skuid: skuId });
export const cartLink = () => pageLink("cart");
export const resetLink = () => pageLink("findPass");
export const passwordLink = () => pageLink("personal_password");
export const addressesLink = () => pageLink("addressAdmin");

/** The pages of registration and signing in; `next` is where to go afterwards (a page of this site). */
export const registerLink = (next) => pageLink("register", { next });
export const loginLink = (next) => pageLink("login", { next });

/** Buy the selected lines of the cart. */
export const checkoutLink = () => pageLink("orderConfirm", { settlement_type: 0 });

/** Buy one SKU now, past the cart. */
export const buyNowLink = (skuId, count) =>
  pageLink("orderConfirm", { settlement_type: 1, sku_id: skuId, buy_num: count });

/** Orders: paying one, waiting for the payment, all of a kind (0: of every kind), one of them. */
export const paymentLink = (orderId) => pageLink("payment", { order_id: orderId });
export const waitingLink = (orderId) => pageLink("gopay", { order_id: orderId });
export const ordersLink = (type, page) => pageLink("myOrder", { type: type === 0 ? "" : type, page: page === 1 ? "" : page });
export const orderLink = (orderId) => pageLink("orderDetail", { order_id: orderId });

/** Pages that make no sense as the way on after signing in. */
const WAYS_IN = ["register", "register_sms", "login", "active", "findPass", "callback"].map((page) => pageLink(page));

/** A `next` parameter as an address of this shop's pages; anything else, foreign hosts above all, becomes null. */
export function ownPage(next) {
  if (!next?.startsWith(PAGES) || !URL.canParse(next, location.origin)) return null;
  const url = new URL(next, location.origin);
  const own = url.origin === location.origin && url.pathname.startsWith(PAGES) && !WAYS_IN.includes(url.pathname);
  return own ? url.pathname + url.search + url.hash : null;
}

/** Where to come back to after signing in: this page, or on the pages of signing in whatever they were told. */
export function comeBack() {
  if (WAYS_IN.includes(location.pathname)) return ownPage(new URLSearchParams(location.search).get("next"));
  return location.pathname + location.search;
}
