/**
 * Dialogs above the page: the browser keeps the keyboard inside and gives the focus back.
 */
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";

let dialogs = 0;

/** Open a dialog with a title; gives the `<dialog>`. It leaves the page when it is closed, and then calls `closed(returnValue)`. */
export function openDialog({ title, content, testId, closed = () => {} }) {
  const id = `dialog-${++dialogs}`;
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": id, "data-testid": testId },
    h("div", { class: "dialog__head" },
      h("h2", { id, class: "dialog__title" }, title),
      h("button", { type: "button", class: "icon-button", "aria-label": t("dialog.close"), onclick: () => dialog.close() }, icon("close"))),
    content);
  dialog.addEventListener("close", () => {
    dialog.remove();
    closed(dialog.returnValue);
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Ask before something is done for good; `act()` does it, and the dialog stays until it is done. */
export function confirmDialog({ title, text, action, act }) {
  const button = h("button", { type: "button", class: "button button--primary", "data-testid": "confirm" }, action);
  const dialog = openDialog({
    title, testId: "confirm-dialog",
    content: [h("p", { class: "dialog__text" }, text),
      h("div", { class: "form__actions" }, button,
        h("button", {
          type: "button", class: "button", autofocus: true, onclick: () => dialog.close(), "data-testid": "cancel",
        }, t("dialog.cancel")))],
  });
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    await act();
    dialog.close();
  });
}
