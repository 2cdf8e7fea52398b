/**
 * The icons of the interface, drawn as outlines.
 */
const SVG = "http://www.w3.org/2000/svg";

/** Outlines of the icons on a 24 × 24 grid, drawn with the colour of the text around them. */
const OUTLINES = {
  cart: "M3 4h2.2l2 11.2a1.5 1.5 0 0 0 1.5 1.3h8.6a1.5 1.5 0 0 0 1.5-1.2L20.5 8H6M9.5 20.5h.01M17 20.5h.01",
  search: "M10.5 17.5a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM20.5 20.5l-5-5",
  left: "M15 5l-7 7 7 7",
  right: "M9 5l7 7-7 7",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  close: "M6 6l12 12M18 6L6 18",
  check: "M5 12.5l4.5 4.5L19 7.5",
  alert: "M12 8v5M12 16.5h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  filter: "M4 6h16M7 12h10M10 18h4",
  globe: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3 12h18M12 3c2.6 2.6 3.8 5.6 3.8 9s-1.2 6.4-3.8 9c-2.6-2.6-3.8-5.6-3.8-9s1.2-6.4 3.8-9Z",
  box: "M4 8l8-4.5 8 4.5v8L12 20.5 4 16V8ZM4 8l8 4.5L20 8M12 12.5v8",
  shield: "M12 3.5l7 2.5v5.5c0 4.3-2.8 7.4-7 9-4.2-1.6-7-4.7-7-9V6l7-2.5ZM9 12l2.2 2.2L15.2 10",
  receipt: "M6 3.5h12v17l-2.4-1.6L13.2 20.5 12 19.3l-1.2 1.2-2.4-1.6L6 20.5v-17ZM9 8.5h6M9 12.5h6",
  refund: "M4.5 9.5H15a4.5 4.5 0 0 1 0 9H8M4.5 9.5l4-4M4.5 9.5l4 4",
};

/** A decorative icon. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of [["viewBox", "0 0 24 24"], ["class", "icon"], ["aria-hidden", "true"], ["focusable", "false"]]) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", OUTLINES[name]);
  svg.append(path);
  return svg;
}
