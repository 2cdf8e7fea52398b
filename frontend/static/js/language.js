/**
 * The language of the pages: Chinese unless the visitor chose English; the choice is remembered.
 */
import { kept } from "./storage.js";
import { TEXTS } from "./texts.js";

const KEY = "dashop_language";
const TAGS = { zh: "zh-CN", en: "en" };

/** The language in which names and captions of goods are written. */
export const GOODS_LANGUAGE = TAGS.zh;

export const language = kept.read(KEY) === "en" ? "en" : "zh";

/** The language tag for `<html lang>` and Accept-Language. */
export const languageTag = TAGS[language];

/** Remember the other language and show the page again in it. */
export function switchLanguage() {
  kept.write(KEY, language === "zh" ? "en" : "zh");
  window.location.reload();
}

/** Make the texts of one area known; pages load only those they show. */
export function addTexts(texts) {
  Object.assign(TEXTS, texts);
}

/** The text under a key in the visitor's language, `{names}` replaced by the given values. */
export function t(key, values = {}) {
  const [zh, en] = TEXTS[key];
  const text = language === "zh" ? zh : en;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
