/**
 * The last look before buying: `orderConfirm.html?settlement_type=0` for the selected lines of the cart,
 * `?settlement_type=1&sku_id=&buy_num=` for one SKU. Nothing is ordered before the button is pressed.
 */
import "./account_texts.js";
import "./order_texts.js";
import { resendActivation } from "./accounts.js";
import { AddressChoice } from "./address_choice.js";
import { sum, times } from "./amounts.js";
import { Attempt } from "./attempts.js";
import { lineOf } from "./basket.js";
import { MinuteButton } from "./code_field.js";
import { h } from "./dom.js";
import { mountFrame } from "./frame.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { cartLink, homeLink, ordersLink, paymentLink, productLink } from "./links.js";
import { methodChoice } from "./method_choice.js";
import { placeOrder, prepareOrder, REFUSED } from "./orders.js";
import { amounts, goodsLine, lineSkeletons, section } from "./order_parts.js";
import { leftForSignIn, ownSession } from "./sign_in.js";
import { emptyState, failureState, failureText, homeAction } from "./states.js";
import { toast } from "./toast.js";

const NUMBER = /^[0-9]{1,15}$/;
/** Refusals after which the page must be looked at anew. */
const OUTDATED = [REFUSED.outOfStock, REFUSED.withdrawn, REFUSED.priceChanged, REFUSED.noAddress, REFUSED.nothingSelected];

const main = mountFrame(t("confirm.title"));
const who = ownSession();

/** What the address asks for: `{settlement_type}`, with a SKU also `sku_id` and `buy_num`; null when it makes no sense. */
function purchaseOf(query) {
  if (query.get("settlement_type") !== "1") return { settlement_type: 0 };
  const [sku, count] = [query.get("sku_id") ?? "", query.get("buy_num") ?? query.get("buy_count") ?? ""];
  return NUMBER.test(sku) && NUMBER.test(count) ? { settlement_type: 1, sku_id: sku, buy_num: count } : null;
}

class ConfirmPage {
  constructor(purchase) {
    this.purchase = purchase;
    this.attempt = new Attempt();
    this.body = h("div", { class: "confirm", "data-testid": "confirm" });
    main.append(h("div", { class: "container" }, h("h1", { class: "page-title" }, t("confirm.title")), this.body));
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.load());
  }

  get isDirect() {
    return this.purchase?.settlement_type === 1;
  }

  async load() {
    if (!this.purchase) {
      this.body.replaceChildren(emptyState({ title: t("confirm.nothing"), hint: t("confirm.badLink"), actions: [homeAction()] }));
      return;
    }
    this.body.setAttribute("aria-busy", "true");
    this.body.replaceChildren(...lineSkeletons(t("confirm.loading")));
    try {
      const reply = await prepareOrder(this.purchase);
      this.build();
      this.fill(reply);
    } catch (problem) {
      if (problem.name !== "ApiFailure") throw problem;
      if (!leftForSignIn(problem)) this.body.replaceChildren(this.failed(problem));
    }
    this.body.removeAttribute("aria-busy");
  }

  failed(problem) {
    if (problem.code === REFUSED.nothingSelected) return this.nothing();
    const back = this.isDirect ? [productLink(this.purchase.sku_id), "confirm.changeProduct"] : [cartLink(), "confirm.toCart"];
    return failureState(problem, {
      retry: problem.kind === "refused" ? null : () => this.load(), actions: [h("a", { class: "button", href: back[0] }, t(back[1]))],
    });
  }

  nothing() {
    return emptyState({
      title: t("confirm.nothing"), hint: t("confirm.nothingHint"),
      actions: [h("a", { class: "button button--primary", href: cartLink() }, t("confirm.toCart")),
        h("a", { class: "button", href: homeLink() }, t("home.start"))],
    });
  }

  build() {
    this.addresses = new AddressChoice(() => this.addressesAnew());
    this.method = methodChoice();
    this.list = h("ul", { class: "goods-list", role: "list" });
    this.amounts = h("div", {});
    this.trouble = h("div", { class: "summary__trouble", role: "alert", tabindex: "-1", "data-testid": "order-trouble" });
    this.button = h("button", { type: "button", class: "button button--primary button--large", onclick: () => this.place(), "data-testid": "place-order" },
      t("confirm.place"));
    this.body.replaceChildren(
      h("div", { class: "confirm__main" }, this.addresses.element,
        section(t("confirm.lines"), this.list, { testId: "confirm-lines" }),
        section(t("confirm.method"), this.method.element)),
      h("aside", { class: "summary", "aria-label": t("confirm.amounts") },
        h("h2", { class: "summary__title" }, t("confirm.amounts")), this.amounts, this.trouble, this.button));
  }

  fill({ data, base_url: base }) {
    this.lines = data.sku_list.map(lineOf).map((line) => (this.isDirect ? { ...line, count: Number(data.buy_count ?? line.count) } : line));
    if (!this.lines.length) {
      this.body.replaceChildren(this.nothing());
      return;
    }
    this.base = base;
    this.addresses.show(data.addresses);
    this.showLines();
    const goods = sum(this.lines.map(({ price, count }) => times(price, count)));
    const { order_freight: freight } = data;
    this.total = sum([goods, freight]);
    this.amounts.replaceChildren(amounts([
      [t("amount.goodsCount", { count: this.lines.reduce((all, { count }) => all + count, 0) }), goods, "goods-amount"],
      [t("amount.freight"), freight, "freight"], [t("amount.total"), this.total, "total-amount"]]));
  }

  showLines() {
    this.list.replaceChildren(...this.lines.map((line) => goodsLine(line, this.base, { note: this.note(line) })));
  }

  /** What stands in the way of a line. */
  note({ id, count, stock, launched }) {
    let text = null;
    if (!launched) text = t("cart.withdrawn");
    else if (stock < 1) text = t("cart.soldOut");
    else if (count > stock) text = t("confirm.over", { count, stock });
    if (!text) return null;
    const [href, key] = this.isDirect ? [productLink(id), "confirm.changeProduct"] : [cartLink(), "confirm.changeCart"];
    return h("p", { class: "field__error goods__note", "data-testid": "line-error" }, icon("alert"), text, " ", h("a", { class: "link", href }, t(key)));
  }

  async addressesAnew() {
    try {
      return (await prepareOrder(this.purchase)).data.addresses;
    } catch (problem) {
      if (problem.name !== "ApiFailure") throw problem;
      if (!leftForSignIn(problem)) toast(failureText(problem), { tone: "bad" });
      return null;
    }
  }

  async place() {
    if (this.button.getAttribute("aria-disabled") === "true") return;
    this.complain();
    if (this.addresses.chosen === null) {
      this.addresses.blame(t("confirm.noAddress"));
      this.addresses.focus();
      return;
    }
    this.work(true);
    try {
      const { order_id: orderId } = await placeOrder(this.order(), this.attempt);
      location.replace(paymentLink(orderId));
      return;
    } catch (problem) {
      if (problem.name !== "ApiFailure") throw problem;
      await this.explain(problem);
    }
    this.work(false);
  }

  order() {
    const { settlement_type: settlement, sku_id: sku, buy_num: count } = this.purchase;
    const direct = this.isDirect ? { sku_id: Number(sku), buy_count: Number(count) } : {};
    return {
      address_id: this.addresses.chosen, settlement_type: settlement, ...direct, pay_method: this.method.value, expected_total: this.total,
    };
  }

  async explain(problem) {
    if (leftForSignIn(problem)) return;
    if (problem.kind !== "refused") {
      this.complain(t("confirm.unanswered", { reason: failureText(problem) }));
      return;
    }
    if (OUTDATED.includes(problem.code)) await this.refresh(problem);
    const words = { [REFUSED.priceChanged]: "confirm.priceChanged", [REFUSED.keyReused]: "confirm.unknown", [REFUSED.notActivated]: "confirm.notActive" };
    const key = words[problem.code];
    this.complain(key ? t(key) : failureText(problem), this.waysOn(problem.code));
    if (problem.code === REFUSED.noAddress) this.addresses.blame(failureText(problem));
  }

  waysOn(code) {
    if (code === REFUSED.keyReused) return [h("a", { class: "link", href: ordersLink() }, t("frame.orders"))];
    if (code !== REFUSED.notActivated) return [];
    return [new MinuteButton(`activation_${who.user}`, {
      text: t("active.resend"), failed: (failure) => leftForSignIn(failure) || toast(failureText(failure), { tone: "bad" }),
      send: async () => {
        await resendActivation();
        toast(t("active.sent"));
        return true;
      },
    }).element];
  }

  /** Show stock, prices and addresses as they are now, or at least which lines the refusal names; the choices stay. */
  async refresh(refusal) {
    try {
      this.fill(await prepareOrder(this.purchase));
    } catch (problem) {
      if (problem.name !== "ApiFailure") throw problem;
      const left = new Map((refusal.envelope.data?.lines ?? []).map((line) => [line.sku_id, line.left]));
      const launched = refusal.code !== REFUSED.withdrawn;
      this.lines = this.lines.map((line) => (left.has(line.id) ? { ...line, stock: left.get(line.id), launched } : line));
      this.showLines();
    }
  }

  complain(text = null, ways = []) {
    this.trouble.replaceChildren(...(text ? [icon("alert"), h("p", {}, text, " ", ways)] : []));
    if (text) this.trouble.focus();
  }

  work(busy) {
    this.button.setAttribute("aria-disabled", String(busy));
    this.button.classList.toggle("button--busy", busy);
    this.button.textContent = t(busy ? "confirm.placing" : "confirm.place");
  }
}

if (who) new ConfirmPage(purchaseOf(new URLSearchParams(location.search))).load();
