/**
 * The cart: of the browser for guests, of the server for who is signed in.
 */
import "./account_texts.js";
import "./order_texts.js";
import { openBasket } from "./basket.js";
import { CartLine } from "./cart_line.js";
import { CartRemoval } from "./cart_removal.js";
import { CartSummary } from "./cart_summary.js";
import { h } from "./dom.js";
import { noticeBox } from "./entrance.js";
import { mountFrame } from "./frame.js";
import { t } from "./language.js";
import { cartLink, checkoutLink, homeLink, loginLink } from "./links.js";
import { leaveNotice } from "./notices.js";
import { lineSkeletons } from "./order_parts.js";
import { onSessionChange, session } from "./session.js";
import { leftForSignIn } from "./sign_in.js";
import { emptyState, failureState, failureText } from "./states.js";
import { toast } from "./toast.js";

const CART_KEYS = ["dashop_cart", "dashop_cart_count"];

class CartPage {
  constructor(main) {
    this.who = session();
    this.basket = openBasket();
    this.views = new Map();
    this.turn = Promise.resolve();
    this.list = h("ul", { class: "lines", role: "list", "data-testid": "cart-lines" });
    this.summary = new CartSummary({
      selectAll: (on) => this.selectAll(on), checkout: () => this.checkout(),
      clear: () => this.askToRemove("clear", this.lines.filter(({ available }) => !available)),
      removeSelected: () => this.askToRemove("deleteSelected", this.lines.filter(({ selected }) => selected)),
    });
    this.removal = new CartRemoval({
      save: (change, over) => this.save(change, over), complain: (failure) => this.complain(failure),
      placed: () => this.settle(), viewOf: (id) => this.views.get(id),
    });
    this.body = h("div", { class: "cart", "data-testid": "cart" });
    this.filled = h("section", { class: "cart__filled" },
      h("div", { class: "cart__main" },
        this.who ? null : noticeBox(t("cart.guest"), { ways: [h("a", { class: "link", href: loginLink(cartLink()) }, t("frame.login"))] }),
        this.summary.toolbar, h("h2", { class: "visually-hidden" }, t("cart.lines")), this.list),
      this.summary.element);
    main.append(h("div", { class: "container" }, h("h1", { class: "page-title", tabindex: "-1" }, t("cart.title")), this.body));
    this.follow();
  }

  /** The lines as they are shown, from the first to the last. */
  get lines() {
    return [...this.views.values()];
  }

  /** Load the cart and show it. */
  async load() {
    this.body.setAttribute("aria-busy", "true");
    if (!this.views.size) this.body.replaceChildren(...lineSkeletons(t("cart.loading")));
    try {
      this.show(await this.basket.lines());
    } catch (problem) {
      if (problem.name !== "ApiFailure") throw problem;
      if (!leftForSignIn(problem)) this.body.replaceChildren(failureState(problem, { retry: () => this.load() }));
    }
    this.body.removeAttribute("aria-busy");
  }

  show({ lines, base }) {
    const ids = new Set(lines.map(({ id }) => id));
    for (const [id, view] of this.views) {
      if (ids.has(id)) continue;
      view.element.remove();
      this.views.delete(id);
    }
    let next = null;
    for (const line of [...lines].reverse()) {
      const view = this.viewOf(line, base);
      if (!view.element.isConnected || !this.list.contains(view.element)) this.list.insertBefore(view.element, next);
      next = view.element;
    }
    this.views = new Map(lines.map(({ id }) => [id, this.views.get(id)]));
    this.settle();
  }

  viewOf(line, base) {
    const view = this.views.get(line.id);
    if (view) {
      view.fill(line);
      return view;
    }
    const made = new CartLine(line, base, {
      save: (change, over) => this.save(change, over), shown: () => this.settle(), leave: (which) => this.removal.one(which),
    });
    this.views.set(line.id, made);
    return made;
  }

  /** Bring everything around the lines in line with them. */
  settle() {
    const empty = this.views.size === 0 && !this.list.children.length;
    const wanted = empty ? this.nothing() : this.filled;
    if (this.body.firstElementChild !== wanted || this.body.children.length > 1) this.body.replaceChildren(wanted);
    this.summary.show(this.lines);
  }

  nothing() {
    return emptyState({
      title: t("cart.empty"), hint: t(this.who ? "cart.emptyHint" : "cart.emptyGuest"),
      actions: [h("a", { class: "button button--primary", href: homeLink() }, t("home.start")),
        this.who ? null : h("a", { class: "button", href: loginLink(cartLink()) }, t("frame.login"))].filter(Boolean),
    });
  }

  /** Run a change after those before it, so that answers come in their order. Gives the failure, or null. */
  save(change, over = () => {}) {
    const turn = this.turn.then(async () => {
      try {
        const reply = await change(this.basket);
        over();
        this.show(reply);
        return null;
      } catch (problem) {
        if (problem.name !== "ApiFailure") throw problem;
        leftForSignIn(problem);
        return problem;
      }
    });
    this.turn = turn.catch(() => {});
    return turn;
  }

  async selectAll(on) {
    for (const view of this.lines) view.box.checked = on && view.available;
    this.settle();
    const failure = await this.save((basket) => basket.selectAll(on));
    if (!failure) return;
    for (const view of this.lines) view.fill(view.line);
    this.settle();
    this.complain(failure);
  }

  askToRemove(how, views) {
    if (views.length) this.removal.several(how, views);
    else this.summary.say(t("cart.nothingSelected"));
  }

  /** The selected lines, as far as they can be bought, go to the confirmation; a guest signs in first. */
  async checkout() {
    this.summary.say("");
    const chosen = this.lines.filter(({ selected }) => selected);
    if (!chosen.length) {
      this.summary.say(t("cart.nothingSelected"));
      return;
    }
    await Promise.all(this.lines.map((view) => view.flush()));
    await this.turn;
    const wrong = chosen.find(({ fault }) => fault);
    if (wrong) {
      this.summary.say(t("cart.mend"));
      wrong.focus();
    } else if (this.who) await this.goOn();
    else {
      leaveNotice("notice.signInFirst");
      location.assign(loginLink(cartLink()));
    }
  }

  /** What cannot be bought must not be selected behind the visitor's back. */
  async goOn() {
    for (const { line, available } of this.lines) {
      const failure = !available && line.selected ? await this.save((basket) => basket.select(line.id, false)) : null;
      if (failure) {
        this.complain(failure);
        return;
      }
    }
    location.assign(checkoutLink());
  }

  complain(failure) {
    toast(failureText(failure), { tone: "bad" });
  }

  /** Another tab may change the cart or the session, and the way back may show an old copy. */
  follow() {
    let stale = false;
    const refresh = () => {
      if (document.hidden || !stale) return;
      stale = false;
      this.load();
    };
    const outdated = () => {
      stale = true;
      refresh();
    };
    window.addEventListener("storage", ({ key }) => CART_KEYS.includes(key) && outdated());
    window.addEventListener("pagehide", () => this.lines.forEach((view) => view.flush()));
    window.addEventListener("pageshow", ({ persisted }) => persisted && outdated());
    document.addEventListener("visibilitychange", refresh);
    onSessionChange(() => session()?.user !== this.who?.user && location.reload());
  }
}

new CartPage(mountFrame(t("cart.title"))).load();
