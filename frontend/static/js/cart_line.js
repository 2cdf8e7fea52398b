/**
 * One line of the cart. It is built once and filled again after every change, so that the focus stays where it is.
 */
import { isAvailable } from "./basket.js";
import { times } from "./amounts.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { GOODS_LANGUAGE, t } from "./language.js";
import { LineQuantity } from "./line_quantity.js";
import { productLink } from "./links.js";
import { price } from "./money.js";
import { attributesText } from "./order_parts.js";
import { picture } from "./picture.js";
import { failureText } from "./states.js";

const FEW = 10;
/** Quick clicks on plus and minus are sent as one change. */
const REST_MS = 350;

export class CartLine {
  /**
   * `line` as basket.js describes it; `save(change, over)` runs a change of the basket in its turn, calls `over` before
   * the new lines are shown, and gives the failure or null; `shown()` is called when what the line counts for may have
   * changed; `leave(this)` asks to take it out.
   */
  constructor(line, base, { save, shown, leave }) {
    Object.assign(this, { line, save, shown, wanted: null, sent: null, timer: null, fault: null, choice: null });
    this.name = line.name ?? t("cart.unknown", { id: line.id });
    this.box = h("input", {
      type: "checkbox", class: "check__box", "aria-label": t("cart.select", { name: this.name }),
      onchange: () => this.choose(), "data-testid": "line-select",
    });
    this.quantity = new LineQuantity(line.id, this.name, {
      propose: (count) => this.propose(count), blame: (text, stock) => this.blame(text, { stock }),
    });
    this.note = h("div", { id: `line-note-${line.id}`, class: "line__note", role: "status", "data-testid": "line-note" });
    this.amount = h("p", { class: "line__subtotal", "data-testid": "line-subtotal" });
    this.unit = h("p", { class: "line__price" });
    this.state = h("p", { class: "line__state" });
    this.element = this.build(base, leave);
    this.fill(line);
  }

  build(base, leave) {
    const { id, image, attributes, name, launched } = this.line;
    const title = launched ? h("a", { class: "line__link", href: productLink(id) }, this.name) : this.name;
    return h("li", { class: "line", "data-testid": "cart-line", "data-skuid": id },
      h("label", { class: "check" }, this.box),
      h("div", { class: "line__picture" }, picture(base, image, { size: 96 })),
      h("div", { class: "line__words" },
        h("h3", { class: "line__name", lang: name ? GOODS_LANGUAGE : null }, title),
        attributes.length ? h("p", { class: "line__attributes", lang: GOODS_LANGUAGE }, attributesText(attributes)) : null,
        this.state, this.unit),
      h("div", { class: "line__count" }, this.quantity.element),
      this.amount,
      h("button", {
        type: "button", class: "icon-button line__delete", "aria-label": `${t("cart.delete")} ${this.name}`,
        onclick: () => leave(this), "data-testid": "line-delete",
      }, icon("trash")),
      this.note);
  }

  /** Show the line as the basket has it now; what is still being typed or sent is kept. */
  fill(line) {
    this.line = line;
    const available = isAvailable(line);
    this.element.classList.toggle("line--gone", !available);
    this.box.disabled = !available;
    this.box.checked = available && (this.choice?.on ?? line.selected);
    this.quantity.element.hidden = !available;
    if (this.wanted === null && !this.fault) this.quantity.show(line.count, line.stock);
    else this.quantity.stock = line.stock;
    this.showState();
    this.showAmounts();
    if (available && !this.fault && this.wanted === null && line.count > line.stock) {
      this.blame(t("cart.overStock", { stock: line.stock }), { stock: line.stock });
    }
  }

  showState() {
    const { launched, stock } = this.line;
    const badge = (tone, key) => h("span", { class: `badge badge--${tone}` }, t(key, { stock }));
    let shown = [];
    if (!launched) shown = [badge("muted", "cart.withdrawn")];
    else if (stock < 1) shown = [badge("muted", "cart.soldOut")];
    else if (stock <= FEW) shown = [badge("warn", "cart.few")];
    this.state.replaceChildren(...shown);
    this.state.hidden = shown.length === 0;
  }

  showAmounts() {
    const known = this.line.price !== null;
    this.unit.replaceChildren(...(known ? [h("span", { class: "visually-hidden" }, `${t("cart.price")} `), price(this.line.price)] : []));
    this.amount.replaceChildren(...(known && this.available
      ? [h("span", { class: "visually-hidden" }, `${t("cart.subtotal")} `), price(times(this.line.price, this.count))] : []));
  }

  get available() {
    return isAvailable(this.line);
  }

  get selected() {
    return this.available && this.box.checked;
  }

  /** The number of pieces the line counts for: what was asked for last, or what the basket has. */
  get count() {
    return this.wanted ?? this.line.count;
  }

  propose(count) {
    this.blame(null);
    this.wanted = count;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), REST_MS);
    this.showAmounts();
    this.shown();
  }

  /** Send a number that waits for the hand to rest. */
  async flush() {
    clearTimeout(this.timer);
    const count = this.wanted;
    if (count === null || count === this.sent) return;
    this.sent = count;
    await this.try((basket) => basket.setCount(this.line.id, count), () => this.propose(count), () => {
      if (this.wanted === count) this.wanted = null;
    });
    if (this.sent === count) this.sent = null;
  }

  async choose() {
    const on = this.box.checked;
    const choice = { on };
    this.choice = choice;
    this.shown();
    const again = () => {
      this.box.checked = on;
      this.choose();
    };
    await this.try((basket) => basket.select(this.line.id, on), again, () => {
      if (this.choice === choice) this.choice = null;
    });
  }

  /** Run a change; what fails is said here, with a way to try it again. */
  async try(change, again, over) {
    const failure = await this.save(change, over);
    if (!failure) {
      if (this.fault?.again) this.blame(null);
      return;
    }
    over();
    this.blame(t("cart.notSaved", { reason: failureText(failure) }), { again });
    this.fill(this.line);
    this.shown();
  }

  /** Say what is wrong with the line; with null nothing is. `stock` offers to take so many, `again` to try once more. */
  blame(text, { stock = null, again = null } = {}) {
    this.fault = text ? { again } : null;
    this.quantity.mark(Boolean(text));
    this.element.classList.toggle("line--bad", Boolean(text));
    const way = (key, onclick, testId) => h("button", { type: "button", class: "link-button line__way", onclick, "data-testid": testId }, t(key, { stock }));
    this.note.replaceChildren(...(text ? [h("p", { class: "field__error", "data-testid": "line-error" }, icon("alert"), text),
      stock ? way("cart.take", () => this.take(stock), "line-take") : null,
      again ? way("cart.again", () => this.repeat(again), "line-again") : null].filter(Boolean) : []));
  }

  take(stock) {
    this.quantity.show(stock, stock);
    this.quantity.input.focus();
    this.propose(stock);
  }

  repeat(again) {
    this.quantity.input.focus();
    this.blame(null);
    again();
  }

  focus() {
    (this.available ? this.quantity.input : this.element.querySelector("button:not([hidden])")).focus();
  }
}
