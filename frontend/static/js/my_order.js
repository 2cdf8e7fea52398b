/**
 * The orders of who is signed in: `myOrder.html?type=&page=`. The address says which kind and which page.
 */
import "./account_texts.js";
import "./order_texts.js";
import { isAbort } from "./api.js";
import { h } from "./dom.js";
import { mountFrame } from "./frame.js";
import { t } from "./language.js";
import { homeLink, orderLink, ordersLink } from "./links.js";
import { price } from "./money.js";
import { onAddressChange } from "./navigation.js";
import { fetchOrders, KINDS, orderedLine, REFUSED } from "./orders.js";
import { orderActions } from "./order_actions.js";
import { goodsLine, lineSkeletons, statusBadge } from "./order_parts.js";
import { pageCount, paginator } from "./paginator.js";
import { personalPage } from "./personal_page.js";
import { leftForSignIn, ownSession } from "./sign_in.js";
import { emptyState, failureState } from "./states.js";

const MOST_LINES = 3;

class OrdersPage {
  constructor(content) {
    this.waiting = null;
    this.tabs = h("nav", { class: "tabs", "aria-label": t("orders.tabs"), "data-testid": "order-tabs" });
    this.heading = h("h2", { class: "visually-hidden", tabindex: "-1" }, t("orders.results"));
    this.total = h("p", { class: "listing__total", role: "status", "data-testid": "total" });
    this.body = h("div", { class: "orders", "data-testid": "orders" });
    content.append(this.tabs, this.heading, this.total, this.body);
    onAddressChange(({ byHistory }) => {
      if (!byHistory) this.heading.focus({ preventScroll: true });
      if (!byHistory && this.tabs.getBoundingClientRect().top < 0) this.tabs.scrollIntoView({ block: "start" });
      this.show();
    });
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.show());
  }

  /** `{type, page}`; nonsense counts as everything, from the first page. */
  get query() {
    const given = new URLSearchParams(location.search);
    const [type, page] = [Number(given.get("type") ?? 0), Number(given.get("page") ?? 1)];
    return { type: KINDS.includes(type) ? type : 0, page: Number.isInteger(page) && page > 0 ? page : 1 };
  }

  /** Show what the address asks for. A later call overtakes an earlier one; `quiet` leaves the old content until then. */
  async show({ quiet = false } = {}) {
    this.waiting?.abort();
    this.waiting = new AbortController();
    const { query } = this;
    this.showTabs(query.type);
    this.body.setAttribute("aria-busy", "true");
    if (!quiet) {
      this.total.textContent = t("orders.loading");
      this.body.replaceChildren(...lineSkeletons(t("orders.loading")));
    }
    try {
      this.fill(query, await fetchOrders(query.type, query.page, this.waiting.signal));
    } catch (problem) {
      if (isAbort(problem)) return;
      if (problem.name !== "ApiFailure") throw problem;
      if (!leftForSignIn(problem)) this.fail(query, problem);
    }
    this.body.removeAttribute("aria-busy");
  }

  showTabs(current) {
    this.tabs.replaceChildren(h("ul", { role: "list" }, KINDS.map((type) =>
      h("li", {}, h("a", {
        href: ordersLink(type), "data-in-page": true, "aria-current": type === current ? "page" : null, "data-testid": `tab-${type}`,
      }, t(`orders.tab.${type}`))))));
    const marked = this.tabs.querySelector("[aria-current]");
    const row = this.tabs.firstElementChild;
    row.scrollLeft = marked.offsetLeft + marked.offsetWidth / 2 - row.clientWidth / 2;
  }

  fill({ type, page }, { data, paginator: pages, base_url: base }) {
    const orders = data.orders_list;
    const total = pages?.total ?? orders.length;
    const last = pages ? pageCount(pages) : 1;
    this.total.textContent = last > 1 ? t("orders.totalPage", { total, page, pages: last }) : t("orders.total", { total });
    if (!orders.length) {
      this.body.replaceChildren(page > 1 ? this.beyond(type) : emptyState({
        title: t("orders.empty"), hint: t("orders.emptyHint"), actions: [h("a", { class: "button button--primary", href: homeLink() }, t("home.start"))],
      }));
      return;
    }
    const links = paginator(page, last, (number) => ordersLink(type, number));
    this.body.replaceChildren(...[h("ul", { class: "orders__list", role: "list" }, orders.map((order) => this.card(order, base))), links].filter(Boolean));
  }

  fail({ type, page }, problem) {
    this.total.textContent = "";
    const outside = problem.code === REFUSED.badParameter && page > 1;
    this.body.replaceChildren(outside ? this.beyond(type) : failureState(problem, { retry: () => this.show() }));
  }

  beyond(type) {
    return emptyState({
      title: t("orders.noPage"), actions: [h("a", { class: "button button--primary", href: ordersLink(type), "data-in-page": true }, t("orders.firstPage"))],
    });
  }

  card(order, base) {
    const { order_id: id, status, order_time: time, order_sku: items } = order;
    const heading = `order-${id}`;
    return h("li", {}, h("article", { class: "order", "aria-labelledby": heading, "data-testid": "order-card", "data-order-id": id, "data-status": status },
      h("div", { class: "order__head" },
        h("h3", { id: heading, class: "order__number" }, t("orders.number", { id })), h("time", { class: "order__time" }, time), statusBadge(status)),
      h("ul", { class: "goods-list", role: "list" }, items.slice(0, MOST_LINES).map((item) => goodsLine(orderedLine(item), base, { heading: "h4", size: 64 }))),
      items.length > MOST_LINES ? h("p", { class: "order__more" }, h("a", { class: "link", href: orderLink(id) }, t("orders.more", { count: items.length - MOST_LINES }))) : null,
      h("div", { class: "order__foot" },
        h("p", { class: "order__total" }, h("span", {}, t("orders.pieces", { count: order.order_total_count })), h("span", {}, t("amount.sum")), price(order.order_total_amount)),
        h("div", { class: "order__actions" },
          h("a", { class: "button button--small", href: orderLink(id), "data-testid": "order-details" }, t("order.details"),
            h("span", { class: "visually-hidden" }, ` ${t("orders.number", { id })}`)),
          orderActions(order, () => this.changed())))));
  }

  async changed() {
    await this.show({ quiet: true });
    this.heading.focus({ preventScroll: true });
  }
}

const main = mountFrame(t("frame.orders"));
const who = ownSession();
if (who) new OrdersPage(personalPage(main, who, "orders")).show();
