/**
 * The form for a new or a changed address, in a dialog.
 */
import { addAddress, changeAddress, REFUSED } from "./accounts.js";
import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { noticeBox } from "./entrance.js";
import { Field } from "./field.js";
import { Form } from "./form.js";
import { t } from "./language.js";
import { phoneField } from "./person_fields.js";
import { RegionField } from "./region_field.js";
import { fetchRegions, regionText, takeApart } from "./regions.js";
import { postcode, receiver, street, tag } from "./rules.js";
import { session } from "./session.js";

const TAGS = ["home", "office", "school"];

/** Open the form, for a new address or with `address` for a change; `saved(text key)` is called after it went well. */
export async function openAddressForm(address, saved) {
  const regions = await fetchRegions().catch(() => null);
  const form = addressForm(regions, address, (key) => {
    dialog.close();
    saved(key);
  });
  const giveUp = () => {
    form.forgetDraft();
    dialog.close();
  };
  form.button.after(h("button", { type: "button", class: "button button--large", onclick: giveUp, "data-testid": "cancel" }, t("dialog.cancel")));
  const dialog = openDialog({
    title: t(address ? "address.change" : "address.add"), testId: "address-dialog",
    content: [regions ? null : noticeBox(t("address.noRegions"), { tone: "warn" }), form.element],
  });
  form.fields[0].focus();
}

function addressForm(regions, address, saved) {
  const parts = regions && address ? takeApart(regions, address.address) : { province: "", street: address?.address ?? "" };
  const region = new RegionField(regions, { required: !address || Boolean(parts.province) });
  const person = new Field("receiver", { label: t("address.receiver"), rule: receiver, attributes: { autocomplete: "name" } });
  const mobile = phoneField("receiver_mobile", { label: t("address.mobile") });
  const home = new Field("address", {
    label: t("address.street"), hint: t("address.streetHint"),
    rule: (text, values) => street(text, regionText(values.region)), attributes: { autocomplete: "street-address" },
  });
  const post = new Field("postcode", {
    label: t("address.postcode"), rule: postcode, optional: true, attributes: { inputmode: "numeric", autocomplete: "postal-code" },
  });
  const label = tagField();
  if (address) {
    Object.assign(person, { value: address.receiver });
    Object.assign(mobile, { value: address.receiver_mobile });
    Object.assign(post, { value: address.postcode ?? "" });
    Object.assign(label, { value: address.tag ?? "" });
    region.value = parts;
  }
  home.value = parts.street;
  return new Form({
    testId: "address-form", draft: `${session().user}_address_${address?.id ?? "new"}`, submit: t("address.save"),
    fields: [person, mobile, region, home, post, label],
    refusals: { [REFUSED.badAddress]: "address", [REFUSED.badParameter]: "address" },
    send: (values) => {
      const sent = written(values);
      return address ? changeAddress(address.id, sent) : addAddress(sent);
    },
    done: () => saved(address ? "address.changed" : "address.added"),
  });
}

/** The values as the interface takes them: the region stands in front of the street. */
function written({ region, address, ...others }) {
  return { ...others, address: `${regionText(region)} ${address}`.trim() };
}

/** A word for the address, typed or taken from three. */
function tagField() {
  const field = new Field("tag", { label: t("address.tag"), rule: tag, optional: true, attributes: { autocomplete: "off" } });
  const choose = (text) => {
    field.value = text;
    field.input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  field.box.append(h("div", { class: "chips" }, TAGS.map((name) => {
    const text = t(`address.tag.${name}`);
    return h("button", { type: "button", class: "chip", onclick: () => choose(text), "data-testid": `tag-${name}` }, text);
  })));
  return field;
}
