/**
 * Moving inside one page: links marked `data-in-page` change the address and the content, not the document.
 */

let shown = location.search;

/** Write an address that the page already shows. */
export function writeAddress(href) {
  history.pushState(null, "", href);
  shown = location.search;
}

/** Go to an address of the same page. */
export function goTo(href) {
  writeAddress(href);
  document.dispatchEvent(new CustomEvent("address-change"));
}

/** Call back after every move; `byHistory` is true for the back and forward buttons. */
export function onAddressChange(listener) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-in-page]");
    if (!link || event.defaultPrevented || wantsNewWindow(event) || link.pathname !== location.pathname) return;
    event.preventDefault();
    goTo(link.href);
  });
  document.addEventListener("address-change", () => listener({ byHistory: false }));
  window.addEventListener("popstate", () => {
    // A jump to an anchor is a move of the history, too, but shows nothing else.
    if (location.search === shown) return;
    shown = location.search;
    listener({ byHistory: true });
  });
}

function wantsNewWindow(event) {
  return event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
}
