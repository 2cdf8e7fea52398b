/**
 * Who is signed in: the token and the user name that the sign-in pages leave in the browser.
 */
import { kept } from "./storage.js";

const TOKEN = "dashop_token";
const USER = "dashop_user";

/** Pages of old wrote the words "null" and "undefined" for "nobody". */
function stored(key) {
  const text = kept.read(key);
  return text && text !== "null" && text !== "undefined" ? text : null;
}

/** `{token, user}`, or null when nobody is signed in. */
export function session() {
  const token = stored(TOKEN);
  const user = stored(USER);
  return token && user ? { token, user } : null;
}

/** Keep the token and the name of a session reply and tell the page. */
export function startSession({ token, username }) {
  kept.write(TOKEN, token);
  kept.write(USER, username);
  document.dispatchEvent(new CustomEvent("session-change"));
}

/** Forget the token and tell the page. */
export function endSession() {
  kept.remove(TOKEN);
  kept.remove(USER);
  document.dispatchEvent(new CustomEvent("session-change"));
}

/** Call back when somebody signs in or out, in this tab or another. */
export function onSessionChange(listener) {
  document.addEventListener("session-change", listener);
  window.addEventListener("storage", (event) => {
    if (event.key === TOKEN || event.key === USER || event.key === null) listener();
  });
}
