/**
 * Product pictures: lazy, of a fixed shape, with a thumbnail where there is one and a placeholder where nothing is.
 */
import { h } from "./dom.js";
import { STATIC } from "./links.js";

const PLACEHOLDER = `${STATIC}img/placeholder.svg`;

/** Only pictures below this folder come with a WebP thumbnail beside them. */
const WITH_THUMBNAILS = "demo/";

function address(base, path) {
  return base + path.split("/").map(encodeURIComponent).join("/");
}

/** "demo/sku/12-1.jpg" → "demo/sku/12-1.thumb.webp"; null when the picture has none. */
function thumbnailOf(path) {
  return path.startsWith(WITH_THUMBNAILS) ? path.replace(/\.[^./]+$/, ".thumb.webp") : null;
}

/**
 * A `<picture>` for a stored path. `size` is the side in CSS pixels, or [width, height];
 * `eager` pictures load at once, `thumbnail: false` asks for the original only.
 */
export function picture(base, path, { alt = "", size = 400, eager = false, thumbnail = true } = {}) {
  const [width, height] = Array.isArray(size) ? size : [size, size];
  const small = path && thumbnail ? thumbnailOf(path) : null;
  const source = small ? h("source", { type: "image/webp", srcset: address(base, small) }) : null;
  const image = h("img", {
    alt, width, height, decoding: "async", loading: eager ? "eager" : "lazy",
    class: path ? null : "is-placeholder",
  });
  image.addEventListener("error", () => fallBack(image, source));
  image.src = path ? address(base, path) : PLACEHOLDER;
  return h("picture", {}, source, image);
}

/** A missing thumbnail gives way to the original, a missing original to the placeholder. */
function fallBack(image, source) {
  if (source?.parentNode) {
    source.remove();
  } else if (!image.classList.contains("is-placeholder")) {
    image.classList.add("is-placeholder");
    image.src = PLACEHOLDER;
  }
}
