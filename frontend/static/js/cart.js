/**
 * The cart: kept by the browser while nobody is signed in, by the server afterwards.
 * The browser's copy is a JSON list of `{id, count, selected}`; the sign-in pages send it along so that it is merged.
 */
import { get, isSignedOut, post } from "./api.js";
import { endSession, session } from "./session.js";
import { kept, parsed } from "./storage.js";

const KEY = "dashop_cart";
const MOST_LINES = 100;

/** The lines kept by the browser; whatever is unreadable is skipped. */
export function localLines() {
  const lines = parsed(kept.read(KEY));
  return Array.isArray(lines) ? lines.filter((line) => line?.id && Number.isInteger(line.count) && line.count > 0) : [];
}

/**
 * Put `count` of a SKU into the cart. Gives `{added, limited}`: `added` is false when the cart is full,
 * `limited` is true when the stock allowed fewer than asked. Throws an ApiFailure when the server refuses.
 */
export async function addToCart(skuId, count, stock) {
  const who = session();
  if (!who) return addLocally(skuId, count, stock);
  const path = `/v1/carts/${encodeURIComponent(who.user)}`;
  try {
    const reply = await post(path, { sku_id: skuId, count }, { signedIn: true });
    announce(reply.data?.carts_count ?? (await countLines()));
    return { added: true, limited: false };
  } catch (problem) {
    if (isSignedOut(problem)) endSession();
    throw problem;
  }
}

function addLocally(skuId, count, stock) {
  const lines = localLines();
  const line = lines.find(({ id }) => String(id) === String(skuId));
  if (!line && lines.length >= MOST_LINES) return { added: false, limited: false };
  const wanted = (line?.count ?? 0) + count;
  const merged = { id: skuId, count: Math.min(wanted, stock), selected: 1 };
  const others = lines.filter((other) => other !== line);
  kept.write(KEY, JSON.stringify([merged, ...others]));
  announce(others.length + 1);
  return { added: true, limited: wanted > stock };
}

/** How many different SKUs the cart holds; a server that cannot tell counts as none. */
export async function countLines() {
  const who = session();
  if (!who) return localLines().length;
  try {
    const reply = await get(`/v1/carts/${encodeURIComponent(who.user)}`, { signedIn: true });
    return Array.isArray(reply.data) ? reply.data.length : 0;
  } catch (problem) {
    if (isSignedOut(problem)) endSession();
    return 0;
  }
}

/** The server has taken over the browser's lines: keep none, and show what its cart holds. */
export function handOverLines(count) {
  kept.remove(KEY);
  announce(count);
}

/** Put the browser's lines into the signed-in cart one by one; what the server does not take now stays in the browser. */
export async function moveLines() {
  for (const line of localLines()) {
    try {
      await addToCart(line.id, line.count, Infinity);
    } catch (problem) {
      if (problem.kind !== "refused" || isSignedOut(problem)) return;
    }
    kept.write(KEY, JSON.stringify(localLines().filter(({ id }) => id !== line.id)));
  }
}

function announce(count) {
  document.dispatchEvent(new CustomEvent("cart-change", { detail: count }));
}

/** Call back with the number of lines when the cart changes, in this tab or another. */
export function onCartChange(listener) {
  document.addEventListener("cart-change", (event) => listener(event.detail));
  window.addEventListener("storage", (event) => {
    if (event.key === KEY || event.key === null) listener(localLines().length);
  });
}
