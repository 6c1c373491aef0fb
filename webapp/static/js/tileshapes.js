/**
 * What lies where in a tile: the features under a place, and the outline of one feature. Pure: flat
 * arrays of `mvt.js` in tile units.
 */

import { LINE, POINT, POLYGON } from "./mvt.js";

const boxes = new WeakMap();

/** West, north, east and south of each feature, worked out once. */
export function boxesOf(tile) {
  if (!boxes.has(tile)) boxes.set(tile, measure(tile));
  return boxes.get(tile);
}

function measure(tile) {
  const found = new Int32Array(tile.count * 4);
  for (let place = 0; place < tile.count; place += 1) {
    let [west, north, east, south] = [2147483647, 2147483647, -2147483648, -2147483648];
    for (let at = tile.vertices[tile.paths[place]]; at < tile.vertices[tile.paths[place + 1]]; at += 1) {
      const x = tile.xy[2 * at];
      const y = tile.xy[2 * at + 1];
      if (x < west) west = x;
      if (x > east) east = x;
      if (y < north) north = y;
      if (y > south) south = y;
    }
    found.set([west, north, east, south], place * 4);
  }
  return found;
}

/**
 * Features under a place.
 *
 * @param {import("./mvt.js").Tile} tile
 * @param {number} x in tile units, as `y`
 * @param {number} y
 * @param {{line: number, point: number, edge: number}} reach how near a line, a point and the edge of
 *   an area is met
 * @param {(place: number) => boolean} admitted whether a feature is drawn
 * @returns {number[]} places, the last drawn first
 */
export function under(tile, x, y, reach, admitted) {
  const around = boxesOf(tile);
  const found = [];
  for (let place = tile.count - 1; place >= 0; place -= 1) {
    const near = nearOf(tile.kinds[place], reach);
    const box = place * 4;
    if (x < around[box] - near || x > around[box + 2] + near || y < around[box + 1] - near || y > around[box + 3] + near) continue;
    if (meets(tile, place, x, y, near) && admitted(place)) found.push(place);
  }
  return found;
}

function nearOf(kind, { line, point, edge }) {
  return { [POINT]: point, [LINE]: line, [POLYGON]: edge }[kind] || 0;
}

function meets(tile, place, x, y, near) {
  const kind = tile.kinds[place];
  if (kind === POLYGON) return inside(tile, place, x, y) || distance(tile, place, x, y) <= near;
  if (kind === LINE) return distance(tile, place, x, y) <= near;
  return kind === POINT && nearest(tile, place, x, y) <= near;
}

/** Every ring counts once, so that a hole is outside whichever way it runs. */
function inside(tile, place, x, y) {
  let crossed = false;
  for (let path = tile.paths[place]; path < tile.paths[place + 1]; path += 1) {
    const last = tile.vertices[path + 1] - 1;
    for (let at = tile.vertices[path], before = last; at <= last; before = at, at += 1) {
      const y0 = tile.xy[2 * before + 1];
      const y1 = tile.xy[2 * at + 1];
      if (y0 > y === y1 > y) continue;
      const x0 = tile.xy[2 * before];
      if (x < x0 + ((y - y0) * (tile.xy[2 * at] - x0)) / (y1 - y0)) crossed = !crossed;
    }
  }
  return crossed;
}

/** How far a line, or the edge of an area, is; the last vertex of a ring leads to its first. */
function distance(tile, place, x, y) {
  const closed = tile.kinds[place] === POLYGON;
  let least = Infinity;
  for (let path = tile.paths[place]; path < tile.paths[place + 1]; path += 1) {
    const [first, end] = [tile.vertices[path], tile.vertices[path + 1]];
    if (closed) least = Math.min(least, toSegment(tile.xy, end - 1, first, x, y));
    for (let at = first + 1; at < end; at += 1) least = Math.min(least, toSegment(tile.xy, at - 1, at, x, y));
  }
  return least;
}

function toSegment(xy, before, at, x, y) {
  const x0 = xy[2 * before];
  const y0 = xy[2 * before + 1];
  const dx = xy[2 * at] - x0;
  const dy = xy[2 * at + 1] - y0;
  const square = dx * dx + dy * dy;
  const share = square ? Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / square)) : 0;
  return Math.hypot(x - x0 - share * dx, y - y0 - share * dy);
}

function nearest(tile, place, x, y) {
  let least = Infinity;
  for (let at = tile.vertices[tile.paths[place]]; at < tile.vertices[tile.paths[place + 1]]; at += 1) {
    least = Math.min(least, Math.hypot(x - tile.xy[2 * at], y - tile.xy[2 * at + 1]));
  }
  return least;
}

/**
 * The outline of a feature within its tile: what the neighbour draws, and the edges along which the
 * tile was cut, are left out, so that the outlines of all tiles together are that of the feature.
 *
 * @returns {number[][]} paths as x, y, x, y…
 */
export function outline(tile, place) {
  const found = [];
  for (let path = tile.paths[place]; path < tile.paths[place + 1]; path += 1) {
    found.push(...visible(ring(tile, place, path), tile.extent));
  }
  return found;
}

function ring(tile, place, path) {
  const line = Array.from(tile.xy.subarray(2 * tile.vertices[path], 2 * tile.vertices[path + 1]));
  return tile.kinds[place] === POLYGON ? [...line, line[0], line[1]] : line;
}

/** The runs of a path that touch the tile. */
function visible(line, extent) {
  if (line.length === 2) return within(line[0], extent) && within(line[1], extent) ? [line] : [];
  const runs = [];
  let run = null;
  for (let at = 2; at < line.length; at += 2) {
    const [x0, y0, x1, y1] = line.slice(at - 2, at + 2);
    if (outside(x0, x1, extent) || outside(y0, y1, extent)) run = null;
    else {
      if (!run) runs.push((run = [x0, y0]));
      run.push(x1, y1);
    }
  }
  return runs;
}

function within(value, extent) {
  return value >= 0 && value < extent;
}

function outside(from, to, extent) {
  return (from < 0 && to < 0) || (from > extent && to > extent);
}
