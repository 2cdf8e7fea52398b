/**
 * Choosing where an order goes: the addresses as radio buttons, and a form for one more.
 */
import { openAddressForm } from "./address_form.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { GOODS_LANGUAGE, t } from "./language.js";
import { addressesLink } from "./links.js";
import { section } from "./order_parts.js";

export class AddressChoice {
  /** `added()` gives the addresses anew once there is one more, or null when they could not be loaded. */
  constructor(added) {
    this.added = added;
    this.chosen = null;
    this.list = h("fieldset", { class: "places" });
    this.trouble = h("p", { class: "field__error", role: "alert", "data-testid": "address-error", hidden: true });
    this.add = h("button", { type: "button", class: "button button--small", onclick: () => this.openForm(), "data-testid": "add-address" },
      icon("plus"), t("address.add"));
    this.element = section(t("confirm.address"), [this.trouble, this.list, this.add], {
      aside: h("a", { class: "link", href: addressesLink() }, t("confirm.manage")), testId: "addresses",
    });
  }

  /** Show addresses as the interface prepares them: `{id, name, mobile, title, address}`. One stays chosen, or the first is. */
  show(addresses) {
    this.addresses = addresses;
    if (!addresses.some(({ id }) => id === this.chosen)) this.chosen = addresses[0]?.id ?? null;
    this.list.replaceChildren(h("legend", { class: "visually-hidden" }, t("confirm.address")), ...addresses.map((address) => this.option(address)));
    this.list.hidden = addresses.length === 0;
    this.blame(addresses.length ? null : t("confirm.noAddress"), { tone: "hint" });
  }

  option({ id, name, mobile, title, address }) {
    const radio = h("input", {
      type: "radio", name: "address", value: id, checked: id === this.chosen, "data-testid": "address-option",
      onchange: () => {
        this.chosen = id;
        this.blame(null);
      },
    });
    return h("label", { class: "place" }, radio,
      h("span", { class: "place__words" },
        h("span", { class: "place__person" }, h("b", {}, name), ` ${mobile} `, title ? h("span", { class: "badge badge--muted" }, title) : null),
        h("span", { class: "place__address", lang: GOODS_LANGUAGE }, address)));
  }

  openForm() {
    const before = new Set(this.addresses.map(({ id }) => id));
    openAddressForm(null, async () => {
      const addresses = await this.added();
      if (!addresses) return;
      this.chosen = addresses.find(({ id }) => !before.has(id))?.id ?? this.chosen;
      this.show(addresses);
      this.list.querySelector("input:checked")?.focus();
    });
  }

  /** Say what is wrong with the choice. */
  blame(text, { tone = "bad" } = {}) {
    this.trouble.classList.toggle("field__error--hint", tone === "hint");
    this.trouble.hidden = !text;
    this.trouble.replaceChildren(...(text ? [icon("alert"), text] : []));
  }

  focus() {
    (this.list.querySelector("input:checked") ?? this.add).focus();
  }
}
