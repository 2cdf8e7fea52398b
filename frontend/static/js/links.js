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
export const registerLink = () => pageLink("register");

/** The sign-in page; `next` is where to go afterwards (a path of this site). */
export const loginLink = (next) => pageLink("login", { next });

/** Buy one SKU now, past the cart. */
export const buyNowLink = (skuId, count) =>
  pageLink("orderConfirm", { settlement_type: 1, sku_id: skuId, buy_num: count });
