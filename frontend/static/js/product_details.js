/**
 * The page of one product. Choosing a value changes to another SKU of the same product without leaving the page.
 */
import { isAbort, NO_SUCH_SKU, OUT_OF_RANGE } from "./api.js";
import { Combinations } from "./combinations.js";
import { h } from "./dom.js";
import { mountFrame, setTitle } from "./frame.js";
import { fetchDetail } from "./goods.js";
import { setCurrentCatalog } from "./header.js";
import { t } from "./language.js";
import { productLink } from "./links.js";
import { priceText } from "./money.js";
import { onAddressChange, writeAddress } from "./navigation.js";
import { choicesOf, selectionOf } from "./options.js";
import { ProductView } from "./product_view.js";
import { productSkeleton } from "./product_skeleton.js";
import { emptyState, failureState, failureText, homeAction } from "./states.js";

const NUMBER = /^[0-9]+$/;
/** No such product, or a number that no product can have. */
const MISSING = [NO_SUCH_SKU, OUT_OF_RANGE];

class ProductPage {
  constructor(main) {
    this.main = main;
    this.waiting = null;
    this.spu = null;
    this.shown = null;
  }

  /** Show the SKU the address names. A later call overtakes an earlier one. */
  async showAddressed() {
    const skuId = new URLSearchParams(location.search).get("skuid")?.trim() ?? "";
    if (!NUMBER.test(skuId)) {
      this.showMissing();
      return;
    }
    const signal = this.overtake();
    if (!this.view) this.main.replaceChildren(productSkeleton());
    this.view?.busy(true);
    try {
      this.fill(Number(skuId), await fetchDetail(skuId, signal));
    } catch (problem) {
      if (isAbort(problem)) return;
      if (problem.name !== "ApiFailure") throw problem;
      this.showFailure(problem);
    }
  }

  overtake() {
    this.waiting?.abort();
    this.waiting = new AbortController();
    return this.waiting.signal;
  }

  fill(skuId, { data: detail, base_url: base }) {
    const switched = this.spu === detail.spu && this.view;
    if (!switched) this.build(detail);
    this.shown = { skuId, detail };
    this.selection = selectionOf(detail);
    this.combinations.learn(this.selection, skuId);
    this.view.fill(skuId, detail, base);
    this.view.options.select(this.selection);
    this.view.busy(false);
    if (switched) this.view.announce(t("product.switched", { name: detail.name, price: priceText(detail.price) }));
    setTitle(detail.name);
    setCurrentCatalog(detail.catalog_id);
    this.probe();
  }

  build(detail) {
    this.spu = detail.spu;
    this.combinations = new Combinations(detail.spu);
    this.view = new ProductView(choicesOf(detail), (attribute, value) => this.choose(attribute, value));
    this.main.replaceChildren(this.view.element);
  }

  /** Change one value of the selection. */
  async choose(attribute, value) {
    const selection = new Map(this.selection).set(attribute, value);
    this.selection = selection;
    const signal = this.overtake();
    this.view.busy(true);
    try {
      const skuId = await this.combinations.find(selection);
      if (signal.aborted) return;
      if (skuId === null) this.showImpossible(attribute, value);
      else await this.change(skuId, signal);
    } catch (problem) {
      if (isAbort(problem) || signal.aborted) return;
      if (problem.name !== "ApiFailure") throw problem;
      this.goBack(problem);
    }
  }

  /** Load another SKU first and write the address afterwards, so that both always agree. */
  async change(skuId, signal) {
    const reply = await fetchDetail(skuId, signal);
    if (skuId !== this.shown.skuId) writeAddress(productLink(skuId));
    this.fill(skuId, reply);
  }

  showImpossible(attribute, value) {
    const { options } = this.view;
    this.view.busy(false);
    this.view.box.block();
    options.select(this.selection);
    options.mark(attribute, value, false);
    options.say(t("product.noSuchHint", { names: options.namesOf(this.selection) }));
    this.probe();
  }

  /** The choice could not be followed: return to what is shown and say why. */
  goBack(failure) {
    this.selection = selectionOf(this.shown.detail);
    this.view.busy(false);
    this.view.options.select(this.selection);
    this.view.options.say(failureText(failure));
    this.view.box.offer(this.shown.skuId, this.shown.detail.stock);
    this.probe();
  }

  /** Find out in the background which single changes lead nowhere, and mark them. */
  probe() {
    const { selection, view } = this;
    const mark = (attribute, value, exists) => view.options.mark(attribute, value, exists);
    this.combinations.probe(selection, view.options.choices, mark, () => this.selection === selection);
  }

  showFailure(failure) {
    if (failure.kind === "refused" && MISSING.includes(failure.code)) {
      this.showMissing();
      return;
    }
    this.forget();
    const retry = failure.kind === "refused" ? null : () => this.showAddressed();
    this.main.replaceChildren(h("div", { class: "container" },
      failureState(failure, { retry, actions: [homeAction()], heading: "h1" })));
  }

  showMissing() {
    this.forget();
    setTitle(t("product.missing"));
    this.main.replaceChildren(h("div", { class: "container" },
      emptyState({ title: t("product.missing"), hint: t("product.missingHint"), actions: [homeAction()], heading: "h1" })));
  }

  forget() {
    this.view = null;
    this.spu = null;
  }
}

const page = new ProductPage(mountFrame(t("product.title")));
onAddressChange(() => page.showAddressed());
page.showAddressed();
