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
  down: "M5 9l7 7 7-7",
  user: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.6-3.8 3.6-6 7.5-6s6.9 2.2 7.5 6",
  pin: "M12 21c4.2-4.4 6.5-7.9 6.5-11a6.5 6.5 0 0 0-13 0c0 3.1 2.3 6.6 6.5 11ZM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
  lock: "M6 11h12v9H6v-9ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  mail: "M3.5 6h17v12h-17V6ZM4 6.5l8 6.5 8-6.5",
  eye: "M2.5 12c2.2-4 5.6-6 9.5-6s7.3 2 9.5 6c-2.2 4-5.6 6-9.5 6s-7.3-2-9.5-6ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  hide: "M4 4l16 16M9.9 6.3A9.6 9.6 0 0 1 12 6c3.9 0 7.3 2 9.5 6a14 14 0 0 1-2.6 3.3M6.2 8A13 13 0 0 0 2.5 12c2.2 4 5.6 6 9.5 6 1.3 0 2.6-.2 3.7-.7M9.9 9.9a3 3 0 0 0 4.2 4.2",
  trash: "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 13h9l1-13M10.5 11v5.5M13.5 11v5.5",
  truck: "M2.5 6h11v10.5h-11V6ZM13.5 10h4l3.5 3.5v3h-7.5M7 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM17 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5.5l3.5 2",
  wallet: "M4 8v9.5a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V10a2 2 0 0 0-2-2H4ZM4 8a2.5 2.5 0 0 1 2.5-3H16v3M16 13.8h.01",
  scan: "M4 8.5V6a2 2 0 0 1 2-2h2.5M15.5 4H18a2 2 0 0 1 2 2v2.5M20 15.5V18a2 2 0 0 1-2 2h-2.5M8.5 20H6a2 2 0 0 1-2-2v-2.5M4 12h16",
  refresh: "M19.5 12a7.5 7.5 0 1 1-2.3-5.4L19.5 9M19.5 4.5V9H15",
  logout: "M14 4.5H5.5v15H14M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5",
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
