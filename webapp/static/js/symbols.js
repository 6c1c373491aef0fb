/**
 * The one translation of the style table into marks: the map, its legend, the list, the card and the
 * print sheet all draw what these functions give.
 */

import { svg } from "./dom.js";
import { dimension as dimensionOfShape } from "./shapes.js";

/** The dashes of a point below *approximate*, and the radius of one that the table gives none. */
export const POINT_DASH = "3 2";
export const DEFAULT_RADIUS = 7;

/** Corners of the marks of points, for a radius of 1; a mark that is not here is a circle. */
export const CORNERS = Object.freeze({
  square: [[-0.88, -0.88], [0.88, -0.88], [0.88, 0.88], [-0.88, 0.88]],
  diamond: [[0, -1.15], [1.15, 0], [0, 1.15], [-1.15, 0]],
  triangle: [[0, -1.1], [1.05, 0.8], [-1.05, 0.8]],
});

/**
 * @typedef {Object} Symbol
 * @property {string|null} value
 * @property {{zh: string, en: string}} [title]
 * @property {string} stroke
 * @property {number} width
 * @property {number} [stroke_opacity]
 * @property {string|null} [fill]
 * @property {number} [fill_opacity]
 * @property {number|null} [radius]
 * @property {string|null} [shape]
 * @property {string|null} [dash]
 */

/**
 * The symbol of a feature; magenta when the table has none for its value.
 *
 * @param {Object} style of a layer in `/layers`
 * @param {Object} properties
 * @returns {{symbol: Symbol, known: boolean}}
 */
export function symbolOf(style, properties) {
  if (!style.by) return { symbol: style.symbols[0] || style.unclassified, known: style.symbols.length > 0 };
  const found = style.symbols.find((symbol) => symbol.value === properties[style.by]);
  return found ? { symbol: found, known: true } : { symbol: style.unclassified, known: false };
}

/** The badge of a feature, or undefined. */
export function badgeOf(style, properties) {
  return style.badge_by ? style.badges.find((badge) => badge.value === properties[style.badge_by]) : undefined;
}

/** The dash pattern of a symbol: below *approximate* always that of the style table's mark. */
export function dashOf(style, symbol, schematic) {
  return schematic ? style.schematic.dash : symbol.dash || null;
}

/**
 * How wide things are drawn at a zoom level: as the table has them from 12.5 on, thinner far away,
 * where the same widths would run into each other.
 */
export function scaleAt(zoom) {
  return Math.min(1, Math.max(0.55, 1 - (12.5 - zoom) * 0.2));
}

/**
 * Leaflet's options for a line or polygon.
 *
 * @param {Object} style
 * @param {Symbol} symbol
 * @param {{schematic: boolean, polygon: boolean, scale?: number}} how
 */
export function pathOptions(style, symbol, { schematic, polygon, scale = 1 }) {
  const dash = dashOf(style, symbol, schematic);
  const filled = polygon && Boolean(symbol.fill);
  return {
    stroke: true,
    color: symbol.stroke,
    weight: symbol.width * scale,
    opacity: symbol.stroke_opacity ?? 1,
    dashArray: dash && dash.split(" ").map((length) => length * scale).join(" "),
    lineCap: dash ? "butt" : "round",
    lineJoin: "round",
    fill: filled,
    fillColor: symbol.fill || undefined,
    fillOpacity: symbol.fill_opacity ?? 0,
  };
}

/**
 * A point's mark as SVG, as large as it is drawn on the map.
 *
 * @param {Symbol} symbol
 * @param {{schematic?: boolean}} [how]
 */
export function pointMark(symbol, { schematic = false } = {}) {
  const radius = symbol.radius || DEFAULT_RADIUS;
  const size = 2 * (radius + symbol.width);
  const mark = outline(symbol.shape || "circle", radius);
  paint(mark, symbol, schematic ? POINT_DASH : symbol.dash);
  return svg(
    "svg",
    { class: "mark", width: size, height: size, viewBox: `${-size / 2} ${-size / 2} ${size} ${size}`, "aria-hidden": "true", focusable: "false" },
    mark,
  );
}

function outline(shape, radius) {
  if (shape === "circle") return svg("circle", { r: radius });
  const corners = CORNERS[shape] || [];
  return svg("polygon", { points: corners.map(([x, y]) => `${x * radius},${y * radius}`).join(" ") });
}

function paint(mark, symbol, dash) {
  const attributes = {
    stroke: symbol.stroke,
    "stroke-width": symbol.width,
    "stroke-opacity": symbol.stroke_opacity ?? 1,
    "stroke-linejoin": "round",
    "stroke-dasharray": dash || null,
    fill: symbol.fill || "none",
    "fill-opacity": symbol.fill ? (symbol.fill_opacity ?? 1) : null,
  };
  for (const [name, value] of Object.entries(attributes)) if (value !== null) mark.setAttribute(name, value);
}

const WIDTH = 30;
const HEIGHT = 18;

/**
 * A sample of a symbol for legend and list, of the kind of shape that it stands for.
 *
 * @param {Symbol} symbol
 * @param {number} dimension 0 point, 1 line, 2 polygon
 * @param {string|null} [dash]
 */
export function sample(symbol, dimension, dash = symbol.dash) {
  const drawn = [() => pointSample(symbol, dash), () => lineSample(symbol), () => areaSample(symbol)][dimension]();
  if (dimension) paint(drawn, dimension === 2 ? symbol : { ...symbol, fill: null }, dash);
  return svg(
    "svg",
    { class: "sample", width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true", focusable: "false" },
    drawn,
  );
}

function pointSample(symbol, dash) {
  const mark = outline(symbol.shape || "circle", Math.min(symbol.radius || DEFAULT_RADIUS, 6.5));
  paint(mark, { ...symbol, width: Math.min(symbol.width, 2.5) }, dash ? POINT_DASH : null);
  mark.setAttribute("transform", `translate(${WIDTH / 2} ${HEIGHT / 2})`);
  return mark;
}

function lineSample() {
  return svg("line", { x1: 2, x2: WIDTH - 2, y1: HEIGHT / 2, y2: HEIGHT / 2 });
}

function areaSample() {
  return svg("rect", { x: 3, y: 2.5, width: WIDTH - 6, height: HEIGHT - 5, rx: 2 });
}

/**
 * What kind of shape a symbol stands for in a layer: points have a radius or a shape, polygons a fill.
 *
 * @param {Symbol} symbol
 * @param {string[]} kinds geometry types of the layer
 * @returns {number} 0 point, 1 line, 2 polygon
 */
export function kindOf(symbol, kinds) {
  if (kinds.length === 1) return dimensionOf(kinds[0]);
  if (kinds.includes("Point") && (symbol.radius || symbol.shape)) return 0;
  if (kinds.includes("Polygon") && symbol.fill) return 2;
  return kinds.includes("LineString") ? 1 : dimensionOf(kinds[0] || "Point");
}

function dimensionOf(kind) {
  return { Point: 0, LineString: 1, Polygon: 2 }[kind.replace("Multi", "")] ?? 0;
}

/**
 * The sample of one feature: of its symbol and its kind of shape.
 *
 * @param {Object} layer of `/layers`
 * @param {import("./project.js").Project} feature
 */
export function swatch(layer, feature) {
  const { symbol } = symbolOf(layer.style, feature.properties);
  const size = feature.geometry ? dimensionOfShape(feature.geometry) : kindOf(symbol, layer.geometry);
  return sample(symbol, size, feature.schematic ? layer.style.schematic.dash : symbol.dash);
}
