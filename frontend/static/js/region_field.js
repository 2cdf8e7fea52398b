/**
 * Choosing province, city and district; a district that is not listed can be typed. Looks like a field to its form.
 */
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { GOODS_LANGUAGE, t } from "./language.js";
import { plain } from "./rules.js";
import { districtsOf } from "./regions.js";

const LONGEST_DISTRICT = 20;

export class RegionField {
  /** `regions` is null when they could not be loaded; without them, or for an address of old, nothing must be chosen. */
  constructor(regions, { required }) {
    Object.assign(this, { name: "region", label: t("address.region"), secret: false, regions, fault: null });
    this.required = required && regions !== null;
    this.province = this.select("province", "address-level1", () => this.fillCities());
    this.city = this.select("city", "address-level2", () => this.fillDistricts());
    this.district = this.select("district", "address-level3", () => this.settle());
    this.typed = h("input", {
      class: "input", name: "district_text", autocomplete: "address-level3",
      "aria-label": t("address.district"), placeholder: t("address.districtTyped"),
    });
    this.typed.addEventListener("input", () => this.settle());
    this.row = h("div", { class: "region" }, this.province, this.city, this.district, this.typed);
    this.element = h("fieldset", { class: "field", "data-field": "region", hidden: regions === null },
      h("legend", { class: "field__label" }, this.label,
        required ? null : h("span", { class: "field__optional" }, t("form.optional"))), this.row);
    this.fill(this.province, Object.keys(regions ?? {}), "address.province");
    this.fillCities();
  }

  select(name, autocomplete, changed) {
    const list = h("select", {
      class: "select", name, autocomplete, lang: GOODS_LANGUAGE, "aria-label": t(`address.${name}`), "data-testid": `region-${name}`,
    });
    list.addEventListener("change", () => {
      changed();
      this.settle();
    });
    return list;
  }

  fill(list, names, prompt) {
    list.replaceChildren(h("option", { value: "" }, t(prompt)), ...names.map((name) => h("option", { value: name }, name)));
  }

  /** A province with a single city has nothing to choose there. */
  fillCities() {
    const cities = Object.keys(this.regions?.[this.province.value] ?? {});
    this.fill(this.city, cities, "address.city");
    this.city.disabled = cities.length === 0;
    if (cities.length === 1) this.city.value = cities[0];
    this.fillDistricts();
  }

  fillDistricts() {
    const names = this.regions ? districtsOf(this.regions, this.province.value, this.city.value) : [];
    const typing = this.city.value !== "" && names.length === 0;
    this.fill(this.district, names, "address.district");
    this.district.disabled = names.length === 0;
    this.district.hidden = typing;
    this.typed.hidden = !typing;
    this.typed.value = "";
  }

  get value() {
    return {
      province: this.province.value, city: this.city.value, district: this.typed.hidden ? this.district.value : this.typed.value.trim(),
    };
  }

  set value({ province = "", city = "", district = "" }) {
    this.province.value = province;
    this.fillCities();
    this.city.value = city;
    this.fillDistricts();
    if (this.typed.hidden) this.district.value = district;
    else this.typed.value = district;
  }

  check() {
    const [key, control] = this.missing();
    this.blame(key ? t(key) : null, control);
    return !key;
  }

  missing() {
    const { province, city, district } = this.value;
    if (!province) return this.required ? ["rule.province", this.province] : [null];
    if (!city) return ["rule.city", this.city];
    if (!this.typed.hidden) {
      return [plain(district) ?? ([...district].length > LONGEST_DISTRICT ? "rule.district" : null), this.typed];
    }
    return [district ? null : "rule.district", this.district];
  }

  settle() {
    if (this.fault && !this.missing()[0]) this.blame(null);
  }

  blame(text, control = this.province) {
    this.fault?.remove();
    for (const each of this.row.children) {
      each.removeAttribute("aria-invalid");
      each.removeAttribute("aria-describedby");
    }
    this.wrong = text ? control : null;
    this.fault = text
      ? h("p", { id: "region-error", class: "field__error", "data-testid": "field-error", "data-for": "region" }, icon("alert"), text) : null;
    if (!text) return;
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", "region-error");
    this.element.append(this.fault);
  }

  focus() {
    (this.wrong ?? this.province).focus();
  }
}
