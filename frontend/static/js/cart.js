/**
 * The cart: kept by the browser while nobody is signed in, by the server afterwards.
 * The browser's copy is a JSON list of `{id, count, selected}`; the sign-in pages send it along so that it is merged.
 */
import { get, isSignedOut, post } from "./api.js";
import { Attempt } from "./attempts.js";
import { endSession, session } from "./session.js";
import { kept, parsed } from "./storage.js";

const KEY = "dashop_cart";
const COUNT_KEY = "dashop_cart_count";
const MOST_LINES = 100;
const COUNT_FRESH_MS = 60 * 1000;

/** Refusals of the cart that a page treats by itself. */
export const REFUSED = { badParameter: 10302, overStock: 10303 };

/** Where the cart of somebody signed in lives. */
export const cartPath = (who) => `/v1/carts/${encodeURIComponent(who.user)}`;

/** The lines kept by the browser; whatever is unreadable is skipped. */
export function localLines() {
  const lines = parsed(kept.read(KEY));
  return Array.isArray(lines) ? lines.filter((line) => line?.id && Number.isInteger(line.count) && line.count > 0) : [];
}

/** Keep these lines in the browser. */
export function keepLines(lines) {
  kept.write(KEY, JSON.stringify(lines));
  announce(lines.length);
}

/**
 * Put `count` of a SKU into the cart. Gives `{added, limited}`: `added` is false when the cart is full,
 * `limited` is true when the stock allowed fewer than asked. Throws an ApiFailure when the server refuses.
 */
export async function addToCart(skuId, count, stock) {
  const who = session();
  if (!who) return addLocally(skuId, count, stock);
  try {
    const reply = await attemptOf(`${who.user} ${skuId} ${count}`).send((key) =>
      post(cartPath(who), { sku_id: skuId, count }, { signedIn: true, key }));
    announce(reply.data.carts_count);
    return { added: true, limited: false };
  } catch (problem) {
    if (isSignedOut(problem)) endSession();
    throw problem;
  }
}

let latest = null;

/** Who presses the button again because no answer came means the same addition, not another one. */
function attemptOf(addition) {
  if (latest?.addition !== addition) latest = { addition, attempt: new Attempt() };
  return latest.attempt;
}

function addLocally(skuId, count, stock) {
  const lines = localLines();
  const line = lines.find(({ id }) => String(id) === String(skuId));
  if (!line && lines.length >= MOST_LINES) return { added: false, limited: false };
  const wanted = (line?.count ?? 0) + count;
  const merged = { id: skuId, count: Math.min(wanted, stock), selected: 1 };
  keepLines([merged, ...lines.filter((other) => other !== line)]);
  return { added: true, limited: wanted > stock };
}

/** What was last known of the server's cart: `{user, count, at}`, or null. */
function known(who) {
  const note = parsed(kept.read(COUNT_KEY));
  return note?.user === who.user && Number.isInteger(note.count) ? note : null;
}

/** How many different SKUs the cart held when it was last looked at. */
export function rememberedCount() {
  const who = session();
  return who ? (known(who)?.count ?? 0) : localLines().length;
}

/** How many different SKUs the cart holds; from memory when that is fresh, or when the server cannot tell. */
export async function countLines() {
  const who = session();
  if (!who || Date.now() - (known(who)?.at ?? 0) < COUNT_FRESH_MS) return rememberedCount();
  try {
    const { data } = await get(cartPath(who), { signedIn: true });
    remember(who, data.length);
    return data.length;
  } catch (problem) {
    if (problem.name !== "ApiFailure") throw problem;
    if (isSignedOut(problem)) endSession();
    return rememberedCount();
  }
}

function remember(who, count) {
  kept.write(COUNT_KEY, JSON.stringify({ user: who.user, count, at: Date.now() }));
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

/** Tell this page, and by the note of it the other tabs, how many lines the cart holds. */
export function announce(count) {
  const who = session();
  if (who) remember(who, count);
  document.dispatchEvent(new CustomEvent("cart-change", { detail: count }));
}

/** The cart was looked at: tell only what is news, or two tabs that follow each other would never come to rest. */
export function noteCount(count) {
  if (count !== rememberedCount()) announce(count);
}

/** Call back with the number of lines when the cart changes, in this tab or another. */
export function onCartChange(listener) {
  document.addEventListener("cart-change", (event) => listener(event.detail));
  window.addEventListener("storage", (event) => {
    if ([KEY, COUNT_KEY, null].includes(event.key)) listener(rememberedCount());
  });
}
