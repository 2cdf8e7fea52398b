/**
 * Building elements. Texts always enter the page as text nodes, never as markup.
 */
/** An element with attributes (`onclick` and the like take a function) and children (nodes, texts, lists, null). */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) assign(element, name, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Set, or with null, undefined or false take away, one attribute. */
function assign(element, name, value) {
  if (typeof value === "function") element.addEventListener(name.slice(2), value);
  else if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : value);
}
