/**
 * Taking lines out of the cart: one at once, with a way back in its place; several after a question.
 */
import { confirmDialog } from "./dialog.js";
import { h } from "./dom.js";
import { GOODS_LANGUAGE, t } from "./language.js";
import { toast } from "./toast.js";

const toTheTop = () => document.querySelector("h1").focus();

export class CartRemoval {
  /** `save(change, over)`, `complain(failure)` and `placed()` are the page's; `viewOf(id)` finds a line. */
  constructor({ save, complain, placed, viewOf }) {
    Object.assign(this, { save, complain, placed, viewOf, row: null });
  }

  /** Take a line out; the row in its place can bring back what can still be bought. */
  async one(view) {
    // What was just counted or selected is saved first, so that it comes back, too.
    view.flush();
    view.element.setAttribute("aria-busy", "true");
    this.row?.remove();
    const row = this.undoRow(view);
    this.row = row;
    const failure = await this.save((basket) => basket.remove([view.line.id]), () => view.element.before(row));
    view.element.removeAttribute("aria-busy");
    const undo = row.querySelector("button");
    if (failure) this.complain(failure);
    else if (undo) undo.focus();
    else toTheTop();
  }

  undoRow(view) {
    const { line, name, available } = view;
    const row = h("li", { class: "line line--undo", "data-testid": "undo-row" },
      h("p", { role: "status" }, `${t("cart.deleted")} `, h("span", { lang: line.name ? GOODS_LANGUAGE : null }, name)),
      available ? h("button", { type: "button", class: "button button--small", onclick: () => this.undo(view.line, row), "data-testid": "undo" }, t("cart.undo")) : null);
    return row;
  }

  async undo(line, row) {
    const failure = await this.save((basket) => basket.restore(line));
    if (failure) {
      this.complain(failure);
      return;
    }
    const back = this.viewOf(line.id);
    if (back) row.replaceWith(back.element);
    else row.remove();
    this.placed();
    back?.focus();
  }

  /** Ask, then take several lines out; `how` is "clear" or "deleteSelected". */
  several(how, views) {
    const count = views.length;
    confirmDialog({
      title: t(`cart.${how}Ask`), text: t(`cart.${how}Text`, { count }), action: t("cart.delete"),
      act: async () => {
        const failure = await this.save((basket) => basket.remove(views.map(({ line }) => line.id)));
        if (failure) this.complain(failure);
        else toast(t("cart.cleared", { count }));
        toTheTop();
      },
    });
  }
}
