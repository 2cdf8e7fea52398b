/**
 * The front page: a welcome, what the shop promises, and a shelf for each catalogue.
 */
import { distinct, productCard } from "./card.js";
import { h } from "./dom.js";
import { mountFrame, setTitle } from "./frame.js";
import { fetchIndex } from "./goods.js";
import { setCurrentCatalog } from "./header.js";
import { icon } from "./icons.js";
import { GOODS_LANGUAGE, t } from "./language.js";
import { catalogLink, STATIC } from "./links.js";
import { promises } from "./promises.js";
import { emptyState, failureState, skeletonGrid } from "./states.js";

const POPULAR = 5;
const EAGER_SHELVES = 1;

const main = mountFrame(t("home.title"));
const popular = h("div", { class: "hero__popular" });
const shelves = h("div", { id: "shelves", class: "container shelves", tabindex: "-1" });

function hero() {
  return h("section", { class: "hero", "aria-labelledby": "hero-title" },
    h("div", { class: "container hero__row" },
      h("div", { class: "hero__text" },
        h("h1", { id: "hero-title", class: "hero__title" }, t("home.headline")),
        h("p", { class: "hero__lead" }, t("home.lead")),
        h("a", { class: "button button--primary button--large", href: "#shelves" }, t("home.start"), icon("right")),
        popular),
      h("img", { class: "hero__art", src: `${STATIC}img/hero.svg`, alt: "", width: 560, height: 400 })));
}

function shelf({ catalog_id: id, catalog_name: name, sku }, base, eager) {
  const items = distinct(sku);
  const titleId = `catalog-${id}`;
  return h("section", {
    class: "shelf", "aria-labelledby": titleId, "data-testid": "catalog-section", "data-catalog": id, "data-count": items.length,
  },
    h("div", { class: "shelf__head" },
      h("h2", { id: titleId, class: "shelf__title", lang: GOODS_LANGUAGE }, name),
      h("p", { class: "shelf__note" }, t("home.picks")),
      h("a", { class: "shelf__more", href: catalogLink(id) },
        t("home.more"), h("span", { class: "visually-hidden", lang: GOODS_LANGUAGE }, ` ${name}`), icon("right"))),
    h("ul", { class: "shelf__goods", role: "list" },
      items.map((item) => h("li", {}, productCard(item, base, { eager })))));
}

function showPopular(catalogs) {
  popular.replaceChildren(
    h("span", {}, t("home.popular")),
    ...catalogs.slice(0, POPULAR).map(({ catalog_id: id, catalog_name: name }) => h("a", { href: catalogLink(id), lang: GOODS_LANGUAGE }, name)));
}

async function show() {
  shelves.setAttribute("aria-busy", "true");
  shelves.replaceChildren(h("p", { class: "visually-hidden", role: "status" }, t("list.loading")), skeletonGrid(8));
  try {
    const { data, base_url: base } = await fetchIndex();
    if (data.length) showPopular(data);
    shelves.replaceChildren(...(data.length
      ? data.map((catalog, index) => shelf(catalog, base, index < EAGER_SHELVES))
      : [emptyState({ title: t("home.empty"), hint: t("home.emptyHint") })]));
  } catch (problem) {
    if (problem.name !== "ApiFailure") throw problem;
    shelves.replaceChildren(failureState(problem, { retry: show }));
  }
  shelves.removeAttribute("aria-busy");
}

setCurrentCatalog("home");
setTitle(t("shop.slogan"));
main.append(hero(), h("div", { class: "container" }, promises()), shelves);
show();
