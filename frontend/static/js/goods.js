/**
 * The goods of the shop, as the interface serves them.
 */
import { get, post } from "./api.js";
import { parsed, tab } from "./storage.js";

const CATALOGS_KEY = "dashop_catalogs";
/** Full rows in two, three and four columns. */
const SEARCH_PAGE_SIZE = 12;
const CATALOGS_FRESH_MS = 5 * 60 * 1000;

let indexReply = null;

/** The front page: `data: [{catalog_id, catalog_name, sku: [item × 3]}]`. Asked once per page, again after a failure. */
export function fetchIndex() {
  indexReply ??= get("/v1/goods/index").then(rememberCatalogs).catch((problem) => {
    indexReply = null;
    throw problem;
  });
  return indexReply;
}

/** The catalogues that have goods: `[{id, name}]`, at most a few minutes old. */
export async function fetchCatalogs() {
  const known = parsed(tab.read(CATALOGS_KEY));
  if (Array.isArray(known?.catalogs) && Date.now() - known.at < CATALOGS_FRESH_MS) return known.catalogs;
  return catalogsOf(await fetchIndex());
}

function catalogsOf(reply) {
  return reply.data.map(({ catalog_id: id, catalog_name: name }) => ({ id, name }));
}

function rememberCatalogs(reply) {
  tab.write(CATALOGS_KEY, JSON.stringify({ at: Date.now(), catalogs: catalogsOf(reply) }));
  return reply;
}

/** One page of a catalogue. `query`: page, pagesize, sort, min_price, max_price, brand (empty ones are left out). */
export function fetchCatalog(catalogId, query, signal) {
  const parameters = new URLSearchParams({ launched: "true" });
  for (const [name, value] of Object.entries(query)) if (value) parameters.set(name, value);
  return get(`/v1/goods/catalogs/${encodeURIComponent(catalogId)}?${parameters}`, { signal });
}

/** One page of the goods whose name or caption holds the words. */
export function fetchSearch(words, page, signal) {
  return get(`/v1/goods/search?${new URLSearchParams({ q: words, page, pagesize: SEARCH_PAGE_SIZE })}`, { signal });
}

/** Everything about one SKU. The token goes along so that the visit can be remembered. */
export function fetchDetail(skuId, signal) {
  return get(`/v1/goods/detail/${encodeURIComponent(skuId)}`, { signal, signedIn: true });
}

/** The SKU of an SPU with exactly these attribute values (Map attribute id → value id): `data` is its id. */
export function fetchSku(spuId, selection, signal) {
  return post("/v1/goods/sku", { spuid: spuId, ...Object.fromEntries(selection) }, { signal });
}
