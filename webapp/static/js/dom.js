/**
 * Building the page from nodes. Words become text nodes only; nothing is ever parsed as HTML.
 */

const SVG = "http://www.w3.org/2000/svg";
const PROPERTIES = new Set(["checked", "disabled", "hidden", "value", "textContent", "indeterminate"]);

/**
 * Make an element.
 *
 * @param {string} tag
 * @param {Object} [props] `class`, `data` (dataset), `on` (listeners by event), a property such as
 *   `checked`, or an attribute. Null, undefined and false leave the attribute out.
 * @param {...(Node|string|number|null|Array)} children
 * @returns {HTMLElement}
 */
export function el(tag, props = {}, ...children) {
  return furnish(document.createElement(tag), props, children);
}

/**
 * Make an SVG element; as {@link el}.
 *
 * @returns {SVGElement}
 */
export function svg(tag, props = {}, ...children) {
  return furnish(document.createElementNS(SVG, tag), props, children);
}

function furnish(node, props, children) {
  for (const [name, value] of Object.entries(props)) furnishOne(node, name, value);
  node.append(...flat(children));
  return node;
}

function furnishOne(node, name, value) {
  if (name === "class") node.setAttribute("class", value || "");
  else if (name === "data") Object.assign(node.dataset, value);
  else if (name === "on") listen(node, value);
  else if (PROPERTIES.has(name) && name in node) node[name] = value;
  else if (value === true) node.setAttribute(name, "");
  else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, String(value));
}

function listen(node, listeners) {
  for (const [event, listener] of Object.entries(listeners)) node.addEventListener(event, listener);
}

function flat(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false && child !== "")
    .map((child) => (child instanceof Node ? child : document.createTextNode(String(child))));
}

/** Replace all children of a node. */
export function fill(node, ...children) {
  node.replaceChildren(...flat(children));
  return node;
}

/** The element with an id. */
export function byId(id) {
  return document.getElementById(id);
}

const ICONS = {
  close: ["M6 6l12 12M18 6L6 18"],
  up: ["M12 19V5M6 11l6-6 6 6"],
  down: ["M12 5v14M6 13l6 6 6-6"],
  more: ["M6 9l6 6 6-6"],
  grip: ["M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01"],
  target: ["M12 3v4M12 17v4M3 12h4M17 12h4", "M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10z"],
  page: ["M6 3h8l4 4v14H6z", "M14 3v4h4M9 12h6M9 16h6"],
  download: ["M12 4v11M7 11l5 5 5-5M5 20h14"],
  share: ["M18 8a3 3 0 1 0-3-3 3 3 0 0 0 3 3zM6 15a3 3 0 1 0-3-3 3 3 0 0 0 3 3zM18 22a3 3 0 1 0-3-3 3 3 0 0 0 3 3z", "M8.6 13.5l6.8 4M15.4 6.5l-6.8 4"],
  quote: ["M9 7H5v6h4v-2c0 3-1 4-3 5M19 7h-4v6h4v-2c0 3-1 4-3 5"],
  play: ["M8 5l11 7-11 7z"],
  pause: ["M8 5v14M16 5v14"],
  home: ["M4 11l8-7 8 7M6 10v10h12V10"],
  ruler: ["M3 16L16 3l5 5L8 21z", "M7 12l2 2M10 9l2 2M13 6l2 2"],
  undo: ["M9 14L4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3"],
  check: ["M5 13l4 4L19 7"],
  trash: ["M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13"],
};

/**
 * A line icon of 24 units, for eyes only.
 *
 * @param {keyof typeof ICONS} name
 */
export function icon(name) {
  return svg(
    "svg",
    { class: "icon", viewBox: "0 0 24 24", width: 20, height: 20, "aria-hidden": "true", focusable: "false" },
    ICONS[name].map((d) => svg("path", { d })),
  );
}

/**
 * A button of icon and name; without visible words the name is its label and tooltip.
 *
 * @param {string} name
 * @param {{icon?: string, label?: boolean, class?: string, on?: Object}} [options]
 */
export function button(name, options = {}) {
  const { icon: mark, label = !mark, class: classes = "", ...rest } = options;
  const named = label ? {} : { "aria-label": name, title: name };
  return el(
    "button",
    { type: "button", class: `button ${label ? "" : "button--icon"} ${classes}`.trim(), ...named, ...rest },
    mark && icon(mark),
    label && el("span", {}, name),
  );
}
