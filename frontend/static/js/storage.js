/**
 * Browser storage that may be full, blocked or broken: reading then gives null, writing does nothing.
 */
function guarded(area) {
  return {
    read(key) {
      try {
        return window[area].getItem(key);
      } catch {
        return null;
      }
    },
    write(key, text) {
      try {
        window[area].setItem(key, text);
      } catch {
        // A full or blocked store must not stop anybody from shopping.
      }
    },
    remove(key) {
      try {
        window[area].removeItem(key);
      } catch {
        // As above.
      }
    },
  };
}

/** Kept until it is removed. */
export const kept = guarded("localStorage");

/** Kept as long as the tab lives. */
export const tab = guarded("sessionStorage");

/** Parse stored JSON; anything unreadable is null. */
export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
