/**
 * Calculating with amounts of money: whole cents, never fractions of a number.
 */

/** "1288.50" → 128850n */
function cents(amount) {
  const [whole, part = ""] = String(amount).split(".");
  return BigInt(whole) * 100n + BigInt(part.padEnd(2, "0").slice(0, 2));
}

/** 128850n → "1288.50" */
function written(sum) {
  const digits = String(sum).padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** "19.90" × 3 → "59.70" */
export const times = (amount, count) => written(cents(amount) * BigInt(count));

/** The sum of amounts; of none "0.00". */
export const sum = (amounts) => written(amounts.reduce((total, amount) => total + cents(amount), 0n));

/** What is left of an amount, for totals that are not smaller than their part. */
export const less = (amount, part) => written(cents(amount) - cents(part));
