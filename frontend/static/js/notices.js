/**
 * A word for the page the visitor is sent to next: left in the tab, shown there once.
 */
import { t } from "./language.js";
import { parsed, tab } from "./storage.js";

const KEY = "dashop_notice";
const FRESH_MS = 60 * 1000;

/** Leave the text of a key, said in the visitor's language. */
export function leaveNotice(key, values) {
  tab.write(KEY, JSON.stringify({ text: t(key, values), at: Date.now() }));
}

/** The text left by the page before, or null; it is given once, and only while it is news. */
export function takeNotice() {
  const notice = parsed(tab.read(KEY));
  tab.remove(KEY);
  return notice && Date.now() - notice.at < FRESH_MS ? String(notice.text) : null;
}
