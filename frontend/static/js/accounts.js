/**
 * Accounts, as the interface serves them: registration, signing in, activation, passwords, Weibo, addresses.
 */
import { get, post, put, remove } from "./api.js";
import { handOverLines, localLines, moveLines } from "./cart.js";
import { session, startSession } from "./session.js";

/** Refusals of the accounts that a page treats by itself. */
export const REFUSED = {
  badParameter: 10100, nameTaken: 10101, wrongLogin: 10102, wrongLink: 10103, wrongSms: 10104, tooMany: 10105,
  emailTaken: 10106, phoneTaken: 10107, wrongPassword: 10108, differ: 10109, unchanged: 10110, noAddress: 10111,
  badAddress: 10112, wrongCode: 10113, unproven: 10114, weiboRefused: 10115, wrongTicket: 10116, alreadyBound: 10117,
};

/** Weibo knows the visitor, the shop does not yet. */
const NOT_BOUND = 201;

function keep(reply) {
  startSession({ token: reply.data?.token ?? reply.token, username: reply.username });
}

/** Keep the session of a reply that has taken over the browser's cart. */
function settle(reply) {
  keep(reply);
  handOverLines(reply.carts_count ?? 0);
  return reply;
}

/** The routes of Weibo take no cart along. */
async function settleAfterWeibo(reply) {
  keep(reply);
  await moveLines();
  return reply;
}

/** Make an account of `{uname, password, phone, email, verify}` and sign in. */
export const register = async (person) => settle(await post("/v1/users/register", { ...person, carts: localLines() }));

export const logIn = async ({ username, password }) =>
  settle(await post("/v1/users/login", { username, password, carts: localLines() }));

export const checkName = (uname, signal) => get(`/v1/users/check?${new URLSearchParams({ uname })}`, { signal });
export const sendSms = (phone) => post("/v1/users/sms/code", { phone });

export const activate = (code) => get(`/v1/users/activation?${new URLSearchParams({ code })}`);
export const resendActivation = () => post("/v1/users/activation", {}, { signedIn: true });

export const sendResetCode = (email) => post("/v1/users/password/sms", { email });
export const proveResetCode = (email, code) => post("/v1/users/password/verification", { email, code });
/** `proof`: `{email, ticket}` as step two gave it; `passwords`: `{password1, password2}`. */
export const resetPassword = (proof, passwords) => post("/v1/users/password/new", { ...proof, ...passwords });

/** Where Weibo asks the visitor for leave. */
export const weiboAddress = async () => (await get("/v1/users/weibo/authorization")).oauth_url;

/** Come back from Weibo: null when signed in, or the ticket with which an account can be bound. */
export async function returnFromWeibo(code, state) {
  try {
    await settleAfterWeibo(await get(`/v1/users/weibo/users?${new URLSearchParams({ code, state })}`));
    return null;
  } catch (problem) {
    if (problem.kind === "refused" && problem.code === NOT_BOUND) return String(problem.envelope.uid);
    throw problem;
  }
}

/** Bind Weibo to a new account of `{username, password, phone, email}`, or to the one of `{username, password}`. */
export const registerWithWeibo = async (uid, person) => settleAfterWeibo(await post("/v1/users/weibo/users", { uid, ...person }));
export const bindWeibo = async (uid, person) => settleAfterWeibo(await post("/v1/users/weibo/users/binduser", { uid, ...person }));

const mine = (rest = "") => `/v1/users/${encodeURIComponent(session()?.user ?? "null")}${rest}`;
const SIGNED = { signedIn: true };

/** `{username, email, phone, is_active}`, mail and phone masked. */
export const fetchProfile = async () => (await get(mine(), SIGNED)).data;
/** `passwords`: `{oldpassword, password1, password2}`. */
export const changePassword = (passwords) => post(mine("/password"), passwords, SIGNED);

/** End every session of the account, this one too. */
export const endAllSessions = () => remove(mine("/tokens"), SIGNED);

/** `[{id, receiver, address, receiver_mobile, tag, postcode, is_default}]`, the default first. */
export const fetchAddresses = async () => (await get(mine("/address"), SIGNED)).addresslist;
export const addAddress = (address) => post(mine("/address"), address, SIGNED);
export const changeAddress = (id, address) => put(mine(`/address/${id}`), address, SIGNED);
export const deleteAddress = (id) => remove(mine(`/address/${id}`), SIGNED);
export const makeDefault = (id) => post(mine("/address/default"), { id }, SIGNED);
