/**
 * A page about one order, named by `?order_id=`: loading it, and what is shown when there is none.
 */
import { h } from "./dom.js";
import { t } from "./language.js";
import { ordersLink } from "./links.js";
import { fetchOrder, REFUSED } from "./orders.js";
import { lineSkeletons } from "./order_parts.js";
import { leftForSignIn } from "./sign_in.js";
import { emptyState, failureState } from "./states.js";

const NUMBER = /^[1-9][0-9]{0,15}$/;

/** The number of the order the address names, or null. */
export function addressedOrder() {
  const text = new URLSearchParams(location.search).get("order_id")?.trim() ?? "";
  return NUMBER.test(text) ? text : null;
}

/** Stands for an order that is not there, or belongs to somebody else. */
export const missingOrder = (heading = "h2") => emptyState({
  title: t("pay.missing"), hint: t("pay.missingHint"), heading,
  actions: [h("a", { class: "button button--primary", href: ordersLink() }, t("frame.orders"))],
});

/** Load the order into `place`; `show({order, base})` gives what is seen. `heading` is the level of a failure's title. */
export async function showOrder(place, show, { heading = "h2", text = t("pay.loading") } = {}) {
  const id = addressedOrder();
  if (!id) {
    place.replaceChildren(missingOrder(heading));
    return;
  }
  place.setAttribute("aria-busy", "true");
  if (!place.children.length) place.replaceChildren(...lineSkeletons(text));
  try {
    place.replaceChildren(...show(await fetchOrder(id)));
  } catch (problem) {
    if (problem.name !== "ApiFailure") throw problem;
    if (!leftForSignIn(problem)) {
      place.replaceChildren(problem.code === REFUSED.notFound ? missingOrder(heading)
        : failureState(problem, { heading, retry: () => showOrder(place, show, { heading, text }) }));
    }
  }
  place.removeAttribute("aria-busy");
}
