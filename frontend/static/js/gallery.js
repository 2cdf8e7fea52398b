/**
 * The pictures of a product: a large one, thumbnails below, arrow keys and swiping.
 */
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { picture } from "./picture.js";

const SWIPE_PX = 40;

export class Gallery {
  constructor() {
    this.stage = h("div", { class: "gallery__stage" });
    this.position = h("p", { class: "gallery__position", "aria-live": "polite" });
    this.thumbs = h("ul", { class: "gallery__thumbs", role: "list", onkeydown: (event) => this.onKey(event) });
    this.arrows = [this.arrow("previousPicture", "left", -1), this.arrow("nextPicture", "right", 1)];
    this.element = h("section", { class: "gallery", "aria-label": t("product.pictures"), "data-testid": "gallery" },
      h("div", { class: "gallery__frame" }, this.stage, this.arrows, this.position), this.thumbs);
    this.listenToSwipes();
  }

  /** Show the pictures of a product: stored paths, the first one large. */
  show(base, paths, name) {
    this.base = base;
    this.name = name;
    this.paths = paths.length ? paths : [""];
    this.buttons = this.paths.map((path, index) => this.thumb(path, index));
    this.thumbs.replaceChildren(...this.buttons.map((button) => h("li", {}, button)));
    const single = this.paths.length < 2;
    for (const part of [this.thumbs, this.position, ...this.arrows]) part.hidden = single;
    this.turnTo(0);
  }

  /** Make one picture the large one; past the end it starts over. */
  turnTo(index) {
    const total = this.paths.length;
    this.index = (index + total) % total;
    const number = this.index + 1;
    const alt = t("product.picture", { name: this.name, number });
    this.stage.replaceChildren(picture(this.base, this.paths[this.index], { alt, size: 720, eager: true, thumbnail: false }));
    this.position.textContent = t("product.pictureOf", { number, total });
    this.buttons.forEach((button, place) => button.setAttribute("aria-current", place === this.index ? "true" : "false"));
  }

  thumb(path, index) {
    return h("button", {
      type: "button", class: "gallery__thumb", "aria-label": t("product.showPicture", { number: index + 1 }),
      onclick: () => this.turnTo(index), "data-testid": "gallery-thumb",
    }, picture(this.base, path, { size: 80, eager: true }));
  }

  arrow(name, symbol, step) {
    return h("button", {
      type: "button", class: "icon-button gallery__arrow", "aria-label": t(`product.${name}`),
      onclick: () => this.turnTo(this.index + step),
    }, icon(symbol));
  }

  onKey(event) {
    const last = this.paths.length - 1;
    const target = { ArrowLeft: this.index - 1, ArrowRight: this.index + 1, Home: 0, End: last }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    this.turnTo(target);
    this.buttons[this.index].focus();
  }

  listenToSwipes() {
    let from = null;
    this.stage.addEventListener("touchstart", (event) => {
      from = event.touches.length === 1 ? event.touches[0].clientX : null;
    }, { passive: true });
    this.stage.addEventListener("touchend", (event) => {
      const moved = from === null ? 0 : event.changedTouches[0].clientX - from;
      if (Math.abs(moved) > SWIPE_PX) this.turnTo(this.index + (moved < 0 ? 1 : -1));
      from = null;
    }, { passive: true });
  }
}
