/**
 * What may stand in a field, as the interface demands it. A rule gives null, or the key of the text that explains the fault.
 */
const NAME = /^[A-Za-z0-9_\u4e00-\u9fff]+$/;
const PHONE = /^1[3-9][0-9]{9}$/;
const EMAIL = /^[A-Za-z0-9.!#$%'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$/;
const CODE = /^[0-9]{6}$/;
const REFUSED_SIGNS = /[<>"&]/;
const LONGEST_EMAIL = 254;

/** Characters as people count them, not units of UTF-16. */
const length = (text) => [...text].length;

export function userName(text) {
  if (!text) return "rule.nameMissing";
  if (!NAME.test(text)) return "rule.nameSigns";
  return length(text) < 3 || length(text) > 11 ? "rule.nameLength" : null;
}

export function newPassword(text) {
  if (!text) return "rule.passwordMissing";
  return length(text) < 6 || length(text) > 64 ? "rule.passwordLength" : null;
}

export const somePassword = (text) => (text ? null : "rule.passwordMissing");
export const someName = (text) => (text ? null : "rule.nameMissing");

export function phone(text) {
  if (!text) return "rule.phoneMissing";
  return PHONE.test(text) ? null : "rule.phone";
}

export function email(text) {
  if (!text) return "rule.emailMissing";
  return EMAIL.test(text) && length(text) <= LONGEST_EMAIL ? null : "rule.email";
}

export function code(text) {
  if (!text) return "rule.codeMissing";
  return CODE.test(text) ? null : "rule.code";
}

export function receiver(text) {
  if (!text) return "rule.receiverMissing";
  return plain(text) ?? (length(text) > 10 ? "rule.receiverLength" : null);
}

/** The street; together with its region it has at most 100 characters. */
export function street(text, region) {
  if (!text) return "rule.addressMissing";
  return plain(text) ?? (length(`${region} ${text}`.trim()) > 100 ? "rule.addressLength" : null);
}

export function postcode(text) {
  return plain(text) ?? (length(text) > 7 ? "rule.postcode" : null);
}

export function tag(text) {
  return plain(text) ?? (length(text) > 10 ? "rule.tagLength" : null);
}

export const plain = (text) => (REFUSED_SIGNS.test(text) ? "rule.signs" : null);

/** A phone number as people write it: "+86 138-0013-8000" → "13800138000". */
export const tidyPhone = (text) => text.replace(/[\s-]/g, "").replace(/^\+86/, "");
