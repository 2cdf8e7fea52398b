/**
 * Requests to the shop's interface. An answer is the parsed envelope with code 200; everything else is an ApiFailure.
 */
import { hear } from "./clock.js";
import { languageTag } from "./language.js";
import { session } from "./session.js";

const PATIENCE_MS = 15000;

/** No such SKU. */
export const NO_SUCH_SKU = 10201;
/** No SKU for the chosen attributes. */
export const NO_SUCH_COMBINATION = 10203;
/** The page lies out of range, or a parameter is bad. */
export const OUT_OF_RANGE = 10200;
export const NO_SUCH_CATALOG = 10204;
const NOT_SIGNED_IN = 403;

/**
 * A request that brought no result. `kind`: `offline` (no answer), `busy` (429, 503), `broken` (any other fault)
 * or `refused` (a business error, with its `code`, the server's text as `message` and the whole `envelope`).
 */
export class ApiFailure extends Error {
  constructor(kind, { code = 0, message = "", retryAfter = null, envelope = null } = {}) {
    super(message);
    this.name = "ApiFailure";
    this.kind = kind;
    this.code = code;
    this.retryAfter = retryAfter;
    this.envelope = envelope;
  }
}

/** GET `path`. With `signedIn` the token goes along. `signal` gives up. */
export function get(path, options = {}) {
  return request(path, { method: "GET" }, options);
}

/** POST `body` as JSON. A `key` says which of several requests are one and the same. */
export function post(path, body, options = {}) {
  return request(path, { method: "POST", body: JSON.stringify(body) }, options);
}

/** PUT `body` as JSON. */
export function put(path, body, options = {}) {
  return request(path, { method: "PUT", body: JSON.stringify(body) }, options);
}

/** DELETE what lies at `path`, or with a `body` what it names. */
export function remove(path, { body, ...options } = {}) {
  return request(path, { method: "DELETE", body: body && JSON.stringify(body) }, options);
}

/** GET the picture at `path` as a Blob; a refusal is told by an envelope as ever. */
export async function getPicture(path, options = {}) {
  const response = await respond(path, { method: "GET" }, options);
  if (!isOf(response, "image/")) {
    await opened(response, options.signal);
    throw new ApiFailure("broken", { code: response.status });
  }
  return response.blob().catch(() => {
    options.signal?.throwIfAborted();
    throw new ApiFailure("offline");
  });
}

/**
 * Open the stream of events at `path`, after the event `lastId` if there is one; `signal` ends it at any time. Gives
 * `{body}`, a ReadableStream or, when nothing more will come, null; an `{envelope}` from who does not stream.
 */
export async function openStream(path, { signal, lastId }) {
  const init = { method: "GET", cache: "no-store", headers: { ...headers({}, true), Accept: "text/event-stream" }, signal };
  if (lastId) init.headers["Last-Event-ID"] = lastId;
  const response = await answer(path, init, signal);
  hear(response);
  if (response.status === 204) return { body: null };
  if (response.ok && isOf(response, "text/event-stream")) return { body: response.body };
  return { envelope: await opened(response, signal) };
}

const isOf = (response, type) => (response.headers.get("Content-Type") ?? "").startsWith(type);

const request = async (path, init, options) => opened(await respond(path, init, options), options.signal);

async function respond(path, init, { signal, signedIn = false, key = null }) {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const response = await answer(path, {
    ...init,
    headers: headers(init, signedIn, key),
    // A change is brought to its end even when the page is left meanwhile.
    keepalive: key !== null,
    signal: signal ? AbortSignal.any([signal, patience]) : patience,
  }, signal);
  hear(response);
  return response;
}

/** The envelope of a response, if its code is 200; anything else is a failure. */
async function opened(response, signal) {
  const envelope = await response.json().catch(() => null);
  signal?.throwIfAborted();
  if (response.status === 503 || response.status === 429) {
    throw new ApiFailure("busy", { code: response.status, retryAfter: seconds(response) });
  }
  if (!response.ok || typeof envelope?.code !== "number") {
    throw new ApiFailure("broken", { code: response.status });
  }
  if (envelope.code !== 200) {
    throw new ApiFailure("refused", {
      code: envelope.code, message: String(envelope.error ?? ""), retryAfter: seconds(response), envelope,
    });
  }
  return envelope;
}

/** The response; a lost connection or exhausted patience is a failure, the caller's own giving up stays an AbortError. */
async function answer(path, init, signal) {
  try {
    return await fetch(path, init);
  } catch {
    signal?.throwIfAborted();
    throw new ApiFailure("offline");
  }
}

function headers(init, signedIn, key = null) {
  const names = { "Accept-Language": languageTag };
  if (init.body) names["Content-Type"] = "application/json";
  const token = signedIn ? session()?.token : null;
  if (token) names.Authorization = token;
  if (key) names["Idempotency-Key"] = key;
  return names;
}

function seconds(response) {
  const text = response.headers.get("Retry-After") ?? "";
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** Whether the server refused because nobody is (any longer) signed in. */
export const isSignedOut = (problem) => problem?.kind === "refused" && problem.code === NOT_SIGNED_IN;

/** Whether an exception only means that nobody waits for the answer any more. */
export const isAbort = (problem) => problem?.name === "AbortError";
