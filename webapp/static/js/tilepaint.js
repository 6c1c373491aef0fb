/**
 * A tile on a canvas, by the same style table as everything on the map: what is drawn alike is drawn
 * in one stroke, areas below lines and lines below points.
 */

import { LINE, POINT, POLYGON, valueOf } from "./mvt.js";
import { isSchematic } from "./project.js";
import { CORNERS, DEFAULT_RADIUS, POINT_DASH, pathOptions } from "./symbols.js";
import { boxesOf } from "./tileshapes.js";

const ORDER = [POLYGON, LINE, POINT];
/** So many shapes make one path: the canvas works on a longer one for longer than for two. */
const AT_ONCE = 400;
/** An area is outlined from so many widths of its outline on. */
const OUTLINED = 4;
const looks = new WeakMap();

/**
 * How each feature is drawn: twice the place of its symbol, the unclassified last, and one more where
 * the shape is below *approximate*. Worked out once for a tile.
 *
 * @param {import("./mvt.js").Tile} tile
 * @param {Object} style of a layer in `/layers`
 * @returns {Uint16Array}
 */
export function looksOf(tile, style) {
  if (!looks.has(tile)) looks.set(tile, classify(tile, style));
  return looks.get(tile);
}

function classify(tile, style) {
  const known = new Map(style.symbols.map((symbol, place) => [symbol.value, place]));
  const unknown = style.symbols.length;
  const found = new Uint16Array(tile.count);
  for (let place = 0; place < tile.count; place += 1) {
    const symbol = style.by ? (known.get(valueOf(tile, place, style.by)) ?? unknown) : 0;
    const schematic = isSchematic({ geometry_quality: valueOf(tile, place, "geometry_quality") });
    found[place] = 2 * symbol + Number(schematic);
  }
  return found;
}

/** The symbol of a look, and whether the shape is schematic. */
export function symbolAt(style, look) {
  return { symbol: style.symbols[look >> 1] || style.unclassified, schematic: (look & 1) === 1 };
}

/**
 * Draw a tile.
 *
 * @param {CanvasRenderingContext2D} pen
 * @param {import("./mvt.js").Tile} tile
 * @param {Object} how
 * @param {Object} how.style
 * @param {(place: number) => boolean} how.admitted
 * @param {{zoomed: number, x: number, y: number}} how.part the part of the tile that is shown: it is
 *   as many times as wide as what is shown, which begins at x, y (in tile units)
 * @param {number} how.size pixels of the canvas across
 * @param {number} how.ratio pixels of the canvas for each of the page
 * @param {number} how.scale of widths, see `scaleAt`
 * @returns {number} how many features were drawn
 */
export function paint(pen, tile, { style, admitted, part, size, ratio, scale }) {
  const grid = { scale: (size * part.zoomed) / tile.extent, x: part.x, y: part.y };
  let drawn = 0;
  for (const kind of ORDER) {
    for (const [look, places] of alike(tile, looksOf(tile, style), kind, admitted)) {
      const { symbol, schematic } = symbolAt(style, look);
      if (kind === POINT) paintPoints(pen, tile, places, grid, { symbol, schematic, scale: scale * ratio });
      else paintShapes(pen, tile, places, grid, { ...pathOptions(style, symbol, { schematic, polygon: kind === POLYGON, scale: scale * ratio }), closed: kind === POLYGON, outlined: symbol === style.unclassified });
      drawn += places.length;
    }
  }
  return drawn;
}

/** Features of a kind by how they are drawn, in the order of the style table. */
function alike(tile, all, kind, admitted) {
  const groups = new Map();
  for (let place = 0; place < tile.count; place += 1) {
    if (tile.kinds[place] !== kind || !admitted(place)) continue;
    if (!groups.has(all[place])) groups.set(all[place], []);
    groups.get(all[place]).push(place);
  }
  return [...groups].sort(([a], [b]) => b - a);
}

/**
 * Of an area that is hardly wider than its outline the outline would hide the colour: it is left out,
 * but where nobody could classify it.
 */
function paintShapes(pen, tile, places, grid, options) {
  const least = options.closed && options.fill && !options.outlined ? (OUTLINED * options.weight) / grid.scale : 0;
  const [large, small] = parted(places, tile, least);
  set(pen, options);
  inParts(small, (part) => {
    draw(pen, tile, part, grid, options);
    fill(pen, options);
  });
  inParts(large, (part) => {
    draw(pen, tile, part, grid, options);
    if (options.fill) fill(pen, options);
    pen.globalAlpha = options.opacity;
    pen.stroke();
  });
  pen.globalAlpha = 1;
}

/** Features whose narrower side is at least so many units, and the others. */
function parted(places, tile, least) {
  if (!least) return [places, []];
  const boxes = boxesOf(tile);
  const wide = (place) => Math.min(boxes[4 * place + 2] - boxes[4 * place], boxes[4 * place + 3] - boxes[4 * place + 1]) >= least;
  return [places.filter(wide), places.filter((place) => !wide(place))];
}

function set(pen, options) {
  pen.strokeStyle = options.color;
  pen.fillStyle = options.fillColor || options.color;
  pen.lineWidth = options.weight;
  pen.lineCap = options.lineCap;
  pen.lineJoin = options.lineJoin;
  pen.setLineDash(options.dashArray ? options.dashArray.split(" ").map(Number) : []);
}

function inParts(places, act) {
  for (let from = 0; from < places.length; from += AT_ONCE) act(places.slice(from, from + AT_ONCE));
}

function draw(pen, tile, places, grid, { closed }) {
  pen.beginPath();
  for (const place of places) trace(pen, tile, place, grid, closed);
}

function fill(pen, { fillOpacity }) {
  pen.globalAlpha = fillOpacity;
  pen.fill("nonzero");
}

function trace(pen, tile, place, { scale, x, y }, closed) {
  const { xy, vertices, paths } = tile;
  for (let path = paths[place]; path < paths[place + 1]; path += 1) {
    let at = vertices[path];
    pen.moveTo((xy[2 * at] - x) * scale, (xy[2 * at + 1] - y) * scale);
    for (at += 1; at < vertices[path + 1]; at += 1) pen.lineTo((xy[2 * at] - x) * scale, (xy[2 * at + 1] - y) * scale);
    if (closed) pen.closePath();
  }
}

function paintPoints(pen, tile, places, grid, { symbol, schematic, scale }) {
  const radius = (symbol.radius || DEFAULT_RADIUS) * scale;
  const dash = schematic ? POINT_DASH : symbol.dash;
  pen.strokeStyle = symbol.stroke;
  pen.lineWidth = symbol.width * scale;
  pen.lineJoin = "round";
  pen.setLineDash(dash ? dash.split(" ").map((length) => Number(length) * scale) : []);
  pen.fillStyle = symbol.fill || "transparent";
  for (const place of places) {
    for (let at = tile.vertices[tile.paths[place]]; at < tile.vertices[tile.paths[place + 1]]; at += 1) {
      pen.beginPath();
      mark(pen, symbol.shape, (tile.xy[2 * at] - grid.x) * grid.scale, (tile.xy[2 * at + 1] - grid.y) * grid.scale, radius);
      pen.globalAlpha = symbol.fill ? (symbol.fill_opacity ?? 1) : 0;
      pen.fill();
      pen.globalAlpha = symbol.stroke_opacity ?? 1;
      pen.stroke();
    }
  }
  pen.globalAlpha = 1;
}

function mark(pen, shape, x, y, radius) {
  const corners = CORNERS[shape];
  if (!corners) {
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    return;
  }
  corners.forEach(([dx, dy], place) => (place ? pen.lineTo(x + dx * radius, y + dy * radius) : pen.moveTo(x + dx * radius, y + dy * radius)));
  pen.closePath();
}
