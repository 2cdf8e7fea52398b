/**
 * The addresses goods are sent to: list, add, change, delete, choose the default.
 */
import "./account_texts.js";
import { deleteAddress, fetchAddresses, makeDefault, REFUSED } from "./accounts.js";
import { openAddressForm } from "./address_form.js";
import { confirmDialog } from "./dialog.js";
import { h } from "./dom.js";
import { mountFrame } from "./frame.js";
import { icon } from "./icons.js";
import { GOODS_LANGUAGE, t } from "./language.js";
import { personalPage } from "./personal_page.js";
import { leftForSignIn, ownSession } from "./sign_in.js";
import { emptyState, failureState, failureText } from "./states.js";
import { toast } from "./toast.js";

const main = mountFrame(t("frame.addresses"));
const who = ownSession();
const list = h("div", { class: "addresses", tabindex: "-1", "data-testid": "address-list" });

function addButton() {
  return h("button", { type: "button", class: "button button--primary", onclick: () => openAddressForm(null, saved), "data-testid": "add-address" },
    icon("plus"), t("address.add"));
}

function card(address) {
  const { id, receiver, receiver_mobile: mobile, address: place, tag, postcode, is_default: preferred } = address;
  const action = (text, onclick, testId) => h("button", { type: "button", class: "link-button address__action", onclick, "data-testid": testId },
    t(text), h("span", { class: "visually-hidden" }, ` ${receiver} ${place}`));
  return h("article", {
    class: `address ${preferred ? "address--default" : ""}`, "data-testid": "address-card", "data-id": id, "data-default": String(preferred),
  },
    h("div", { class: "address__head" },
      h("h2", { class: "address__name" }, receiver), h("p", { class: "address__mobile" }, mobile),
      tag ? h("span", { class: "badge badge--muted" }, tag) : null,
      preferred ? h("span", { class: "badge badge--accent" }, t("address.default")) : null),
    h("p", { class: "address__place", lang: GOODS_LANGUAGE }, place),
    postcode ? h("p", { class: "address__postcode" }, t("address.postcodeOf", { postcode })) : null,
    h("div", { class: "address__actions" },
      preferred ? null : action("address.makeDefault", () => attempt(() => makeDefault(id), "address.defaultChanged"), "make-default"),
      action("address.edit", () => openAddressForm(address, saved), "edit-address"),
      action("address.delete", () => askToDelete(address), "delete-address")));
}

function askToDelete({ id, receiver, address }) {
  confirmDialog({
    title: t("address.deleteAsk"), text: `${receiver}，${address}`, action: t("address.delete"),
    act: () => attempt(() => deleteAddress(id), "address.deleted"),
  });
}

/** Ask the interface for a change, then show what has become of the list. */
async function attempt(change, done) {
  try {
    await change();
    await saved(done);
  } catch (problem) {
    if (problem.name !== "ApiFailure") throw problem;
    if (leftForSignIn(problem)) return;
    toast(failureText(problem), { tone: "bad" });
    if (problem.code === REFUSED.noAddress) await show();
  }
}

async function saved(key) {
  toast(t(key));
  await show();
  list.focus();
}

function skeleton() {
  return [h("p", { class: "visually-hidden", role: "status" }, t("address.loading")),
    ...Array.from({ length: 2 }, () => h("div", { class: "address", "aria-hidden": "true" },
      h("div", { class: "skeleton skeleton--line skeleton--short" }), h("div", { class: "skeleton skeleton--line" })))];
}

function listed(addresses) {
  if (addresses.length === 0) {
    return [emptyState({ title: t("address.none"), hint: t("address.noneHint"), actions: [addButton()] })];
  }
  return [h("div", { class: "addresses__head" }, h("p", {}, t("address.count", { count: addresses.length })), addButton()),
    h("ul", { class: "addresses__list", role: "list" }, addresses.map((address) => h("li", {}, card(address))))];
}

async function show() {
  if (!list.children.length) list.replaceChildren(...skeleton());
  list.setAttribute("aria-busy", "true");
  try {
    list.replaceChildren(...listed(await fetchAddresses()));
  } catch (problem) {
    if (problem.name !== "ApiFailure") throw problem;
    if (!leftForSignIn(problem)) list.replaceChildren(failureState(problem, { retry: show }));
  }
  list.removeAttribute("aria-busy");
}

if (who) {
  personalPage(main, who, "addresses").append(list);
  show();
}
