/**
 * The server's time: every answer tells it, so that a wrong clock of the visitor shortens no deadline.
 */
const BEIJING = "+08:00";

let ahead = 0;

/** Learn from the `Date` of a response. */
export function hear(response) {
  const told = Date.parse(response.headers.get("Date") ?? "");
  if (!Number.isNaN(told)) ahead = told - Date.now();
}

/** Milliseconds since 1970, by the server's clock. */
export const serverNow = () => Date.now() + ahead;

/** "2026-11-22 18:00:00", Beijing time, as milliseconds since 1970; null for anything else. */
export function moment(text) {
  const found = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})/.exec(text ?? "");
  return found ? Date.parse(`${found[1]}T${found[2]}${BEIJING}`) : null;
}

/** Call `onTick(seconds left)` now and every second until none is left or `stop()`, which it gives, is called. */
export function countDownTo(deadline, onTick) {
  const left = () => Math.max(Math.ceil((deadline - serverNow()) / 1000), 0);
  const tick = () => {
    const seconds = left();
    if (seconds === 0) clearInterval(timer);
    onTick(seconds);
  };
  const timer = setInterval(tick, 1000);
  tick();
  return () => clearInterval(timer);
}

/** 3725 → "1:02:05", 65 → "01:05" */
export function clockText(seconds) {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = parts.map((part) => String(part).padStart(2, "0"));
  return parts[0] ? `${parts[0]}:${two[1]}:${two[2]}` : `${two[1]}:${two[2]}`;
}
