/**
 * A list of products that follows the address bar: loading, cards, paging, empty and failed states.
 * The catalogue page and the search page are both made of it.
 */
import { isAbort } from "./api.js";
import { productGrid } from "./card.js";
import { h } from "./dom.js";
import { t } from "./language.js";
import { onAddressChange } from "./navigation.js";
import { pageCount, paginator } from "./paginator.js";
import { failureState, skeletonGrid } from "./states.js";

/**
 * The page gives five functions: `readQuery()` (an object with at least `page`), `request(query, signal)` (a reply with
 * `data`, `paginator`, `base_url`; null to show the empty state unasked), `hrefOf(query)`, `empty(query)` (a state) and
 * `waysOut(failure, query)` (`{retryable, actions}`); and may give `present(query, reply)`, called before (without a reply)
 * and after loading, and `badgeOf(query, index)`.
 */
export class Listing {
  constructor(page) {
    this.page = page;
    this.heading = h("h2", { class: "visually-hidden", tabindex: "-1" }, t("list.results"));
    this.total = h("p", { class: "listing__total", role: "status", "data-testid": "total" });
    this.body = h("div", { class: "listing__body", "data-testid": "results" });
    this.waiting = null;
  }

  /** Show what the address asks for, now and after every move. */
  start() {
    onAddressChange(({ byHistory }) => {
      if (!byHistory) this.moveToTop();
      this.show();
    });
    return this.show();
  }

  /** Load and show the page the address asks for. A later call overtakes an earlier one. */
  async show() {
    this.waiting?.abort();
    this.waiting = new AbortController();
    const { signal } = this.waiting;
    const query = this.page.readQuery();
    this.showLoading(query);
    try {
      const reply = await this.page.request(query, signal);
      this.page.present?.(query, reply);
      this.showReply(query, reply);
    } catch (problem) {
      if (isAbort(problem)) return;
      if (problem.name !== "ApiFailure") throw problem;
      this.showFailure(query, problem);
    }
    this.body.removeAttribute("aria-busy");
  }

  showLoading(query) {
    this.page.present?.(query, null);
    this.total.textContent = t("list.loading");
    this.body.setAttribute("aria-busy", "true");
    this.body.replaceChildren(skeletonGrid(Number(query.pagesize) || 8));
  }

  showReply(query, reply) {
    if (!reply || reply.data.length === 0) {
      this.total.textContent = reply ? t("list.total", { total: 0 }) : "";
      this.body.replaceChildren(this.page.empty(query));
      return;
    }
    const page = Number(query.page);
    const pages = pageCount(reply.paginator);
    const { total } = reply.paginator;
    this.total.textContent = pages > 1 ? t("list.totalPage", { total, page, pages }) : t("list.total", { total });
    const badgeOf = (index) => this.page.badgeOf?.(query, index) ?? null;
    const pageLinks = paginator(page, pages, (number) => this.page.hrefOf({ ...query, page: number }));
    this.body.replaceChildren(...[productGrid(reply.data, reply.base_url, { badgeOf }), pageLinks].filter(Boolean));
  }

  showFailure(query, failure) {
    const { retryable, actions } = this.page.waysOut(failure, query);
    this.total.textContent = "";
    this.body.replaceChildren(failureState(failure, { retry: retryable ? () => this.show() : null, actions }));
  }

  /** After a move inside the page, continue reading at the results. */
  moveToTop() {
    this.heading.focus({ preventScroll: true });
    const toolbar = this.total.closest(".toolbar");
    if (toolbar.getBoundingClientRect().top < 0) toolbar.scrollIntoView({ block: "start" });
  }
}
