/**
 * How hard a password is to guess, as a bar and a word; advice only, the rules are elsewhere.
 */
import { h } from "./dom.js";
import { t } from "./language.js";

const KINDS = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/];
const LEVELS = 4;
const COMMON = /^(?:(.)\1+|0?123456\d*|abc123\d*|qwerty\w*|password\d*|111111\d*|iloveyou\d*|admin\d*|dadashop\w*)$/i;

/** From 1 (weak) to 4 (very strong); 0 for nothing or too little. */
export function strengthOf(password) {
  const signs = [...password];
  if (signs.length < 6) return 0;
  const variety = new Set(signs).size;
  if (COMMON.test(password) || variety < 4) return 1;
  const kinds = KINDS.filter((kind) => kind.test(password)).length;
  const points = kinds + (signs.length >= 10) + (signs.length >= 14) * 2;
  return Math.min(Math.max(points - 1, 1), LEVELS);
}

/** `{element, measure(password)}`. The word is read out when it changes. */
export function meter() {
  const word = h("span", { class: "meter__word", role: "status" });
  const element = h("div", { class: "meter", "data-testid": "strength", hidden: true },
    h("span", { class: "meter__bar", "aria-hidden": "true" }, Array.from({ length: LEVELS }, () => h("i"))), word);
  const measure = (password) => {
    const level = String(strengthOf(password));
    element.hidden = !password;
    if (element.dataset.level === level) return;
    element.dataset.level = level;
    word.textContent = t(`strength.${level}`);
  };
  return { element, measure };
}
