/**
 * Features of tiles as GeoJSON, put together from their pieces. Pure.
 */

import { degrees } from "./tilegrid.js";

const [POINT, LINE] = [1, 2];

/**
 * One feature as one tile has it.
 *
 * @typedef {Object} Piece
 * @property {{z: number, x: number, y: number}} at the tile
 * @property {number} kind 1 point, 2 line, 3 polygon
 * @property {Object} properties
 * @property {number[][]} paths x, y, x, y… as shares of the tile
 */

/**
 * @param {Piece[]} pieces
 * @returns {Object[]} GeoJSON features, each once
 */
export function joined(pieces) {
  const features = new Map();
  for (const piece of pieces) {
    const { id } = piece.properties;
    if (!features.has(id)) features.set(id, []);
    features.get(id).push(piece);
  }
  return [...features].map(([id, own]) => ({ type: "Feature", id, properties: own[0].properties, geometry: geometryOf(own) }));
}

function geometryOf(pieces) {
  const [{ kind }] = pieces;
  if (kind === POINT) return { type: "Point", coordinates: positions(pieces[0].at, pieces[0].paths[0])[0] };
  const lines = pieces.flatMap(({ at, paths }) => paths.map((path) => ({ path, line: positions(at, path) })));
  if (kind === LINE) return { type: "MultiLineString", coordinates: lines.map(({ line }) => line) };
  return { type: "MultiPolygon", coordinates: polygons(lines) };
}

/** A hole runs against its shell, which stands before it. */
function polygons(rings) {
  const found = [];
  for (const { path, line } of rings) {
    const ring = [...line, line[0]];
    if (area(path) > 0 || !found.length) found.push([ring]);
    else found[found.length - 1].push(ring);
  }
  return found;
}

function area(path) {
  let twice = 0;
  for (let at = 0; at < path.length; at += 2) {
    const next = (at + 2) % path.length;
    twice += path[at] * path[next + 1] - path[next] * path[at + 1];
  }
  return twice;
}

function positions(at, path) {
  return Array.from({ length: path.length / 2 }, (_, place) => degrees(at, path[2 * place], path[2 * place + 1]).reverse());
}
