/**
 * What stands in for content that is not there: loading, empty, failed.
 */
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { GOODS_LANGUAGE, t } from "./language.js";
import { catalogLink, homeLink, STATIC } from "./links.js";

/** A centred message with a picture, a text and ways to go on. `heading` is the level of its title. */
export function messageState({ art, title, hint, actions = [], heading = "h2", testId }) {
  return h("div", { class: "state", "data-testid": testId },
    h("img", { src: `${STATIC}img/${art}.svg`, alt: "", width: 200, height: 150 }),
    h(heading, { class: "state__title" }, title),
    hint ? h("p", { class: "state__hint" }, hint) : null,
    actions.length ? h("div", { class: "state__actions" }, actions) : null);
}

/** Nothing to show, and that is no fault. */
export function emptyState(parts) {
  return messageState({ art: "empty", testId: "empty-state", ...parts });
}

/** A failed request: why, a retry button unless `retry` is null, and further ways out. */
export function failureState(failure, { retry, actions = [], heading }) {
  const { title, hint } = explain(failure);
  const again = retry
    ? [h("button", { type: "button", class: "button button--primary", onclick: retry, "data-testid": "retry" }, t("failure.retry"))]
    : [];
  const state = messageState({
    art: "failure", title, hint, heading, actions: [...again, ...actions], testId: "failure-state",
  });
  state.classList.add("state--failure");
  state.setAttribute("role", "alert");
  return state;
}

function explain(failure) {
  if (failure.kind === "refused") return { title: failure.message || t("failure.refused"), hint: waitHint(failure) };
  if (failure.kind === "offline") return { title: t("failure.offline"), hint: t("failure.offlineHint") };
  if (failure.kind === "busy") {
    const wait = failure.retryAfter;
    return { title: t("failure.busy"), hint: wait ? t("failure.busyWait", { seconds: wait }) : t("failure.busyHint") };
  }
  return { title: t("failure.broken"), hint: t("failure.brokenHint") };
}

function waitHint({ retryAfter }) {
  return retryAfter ? t("failure.wait", { seconds: retryAfter }) : null;
}

/** One sentence about a failure, for small places. */
export function failureText(failure) {
  const { title, hint } = explain(failure);
  return hint ?? title;
}

export const homeAction = () => h("a", { class: "button", href: homeLink() }, t("failure.home"));

/** Links to catalogues, as a way on. */
export function catalogChips(catalogs) {
  return h("ul", { class: "chips", role: "list" }, catalogs.map(({ id, name }) =>
    h("li", {}, h("a", { class: "chip", href: catalogLink(id), lang: GOODS_LANGUAGE }, name, icon("right")))));
}

/** Grey cards in the place of cards to come. */
export function skeletonGrid(count) {
  return h("div", { class: "grid", "aria-hidden": "true", "data-testid": "skeleton" }, Array.from({ length: count }, () =>
    h("div", { class: "card card--skeleton" },
      h("div", { class: "card__media skeleton" }),
      h("div", { class: "skeleton skeleton--line" }),
      h("div", { class: "skeleton skeleton--line skeleton--short" }))));
}
