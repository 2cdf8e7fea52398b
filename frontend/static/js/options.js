/**
 * The sale attributes of a product as groups of radio buttons. A value that leads to no SKU together with the
 * rest of the selection is struck through, yet stays reachable: it may be the way to another combination.
 */
import { h } from "./dom.js";
import { GOODS_LANGUAGE, t } from "./language.js";

/** The attributes of a detail reply: `[{id, name, values: [{id, name}]}]`. */
export function choicesOf(detail) {
  return detail.sku_sale_attr_id.map((id, index) => {
    const names = detail.sku_all_sale_attr_vals_name[id] ?? [];
    const values = (detail.sku_all_sale_attr_vals_id[id] ?? []).map((value, place) => ({ id: value, name: names[place] ?? "" }));
    return { id, name: detail.sku_sale_attr_names[index] ?? "", values };
  });
}

/** The selection a detail reply stands for: Map attribute id → value id. */
export function selectionOf(detail) {
  return new Map(detail.sku_sale_attr_id.map((id, index) => [id, detail.sku_sale_attr_val_id[index]]));
}

export class Options {
  /** `onChoose(attribute, value)` is called when the visitor picks a value. */
  constructor(choices, onChoose) {
    this.choices = choices;
    this.radios = new Map();
    this.message = h("p", { class: "options__message", role: "status", "data-testid": "options-message" });
    this.element = h("div", { class: "options", "data-testid": "options" },
      choices.map((choice) => this.group(choice, onChoose)), this.message);
  }

  group({ id, name, values }, onChoose) {
    return h("fieldset", { class: "options__group", "data-attribute": id },
      h("legend", { class: "options__name", lang: GOODS_LANGUAGE }, name),
      h("div", { class: "options__values" }, values.map((value) => {
        const radio = h("input", {
          type: "radio", class: "option__radio", name: `attribute-${id}`, value: value.id,
          "data-testid": "attribute-option", onchange: () => onChoose(id, value.id),
        });
        const note = h("span", { class: "visually-hidden" });
        this.radios.set(`${id}/${value.id}`, { radio, note });
        return h("label", { class: "option" }, radio,
          h("span", { class: "option__name", lang: GOODS_LANGUAGE }, value.name), note);
      })));
  }

  /** Check the radio buttons of a selection; what was known about neighbours no longer holds. */
  select(selection) {
    for (const [attribute, value] of selection) {
      const entry = this.radios.get(`${attribute}/${value}`);
      if (entry) entry.radio.checked = true;
    }
    this.say("");
    for (const key of this.radios.keys()) this.mark(...key.split("/"), true);
  }

  /** Show whether a value, together with the rest of the selection, leads to a SKU. */
  mark(attribute, value, exists) {
    const { radio, note } = this.radios.get(`${attribute}/${value}`);
    radio.parentElement.classList.toggle("option--impossible", !exists);
    radio.toggleAttribute("data-impossible", !exists);
    radio.parentElement.title = exists ? "" : t("product.noSuch");
    note.textContent = exists ? "" : ` (${t("product.noSuch")})`;
  }

  say(text) {
    this.message.textContent = text;
  }

  /** The names of the chosen values, for a message. */
  namesOf(selection) {
    return this.choices
      .map(({ id, values }) => values.find((value) => value.id === selection.get(id))?.name)
      .filter(Boolean)
      .join(" / ");
  }
}
