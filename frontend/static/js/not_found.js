/**
 * The page for addresses that lead nowhere.
 */
import { h } from "./dom.js";
import { mountFrame } from "./frame.js";
import { t } from "./language.js";
import { homeLink } from "./links.js";
import { messageState } from "./states.js";

const main = mountFrame(t("missing.title"));
main.append(h("div", { class: "container" }, messageState({
  art: "missing", title: t("missing.heading"), hint: t("missing.hint"), heading: "h1", testId: "not-found",
  actions: [h("a", { class: "button button--primary", href: homeLink() }, t("failure.home"))],
})));
