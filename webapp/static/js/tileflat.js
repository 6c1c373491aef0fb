/**
 * Features of GeoJSON as flat arrays, from which tiles can be cut where no server cuts them. Pure.
 */

import { dimension, parts } from "./shapes.js";

/**
 * All features of a layer, in the square of Web Mercator: 0 to 1 eastward and southward.
 *
 * @typedef {Object} Flat
 * @property {number} count features
 * @property {Uint8Array} kinds 1 point, 2 line, 3 polygon; 0 without geometry
 * @property {Uint32Array} paths the first path of each feature, and behind the last
 * @property {Uint32Array} vertices the first vertex of each path, and behind the last
 * @property {Float64Array} xy vertices; rings are not closed
 * @property {Float64Array} boxes west, north, east and south of each feature
 * @property {Object<string, import("./mvt.js").Column>} columns
 */

/**
 * @param {Object[]} features GeoJSON
 * @param {string[]} names of the attributes that are wanted
 * @returns {Flat}
 */
export function flatten(features, names) {
  const kinds = Uint8Array.from(features, ({ geometry }) => (geometry ? dimension(geometry) + 1 : 0));
  const paths = new Uint32Array(features.length + 1);
  const boxes = new Float64Array(features.length * 4);
  const vertices = [0];
  const xy = [];
  features.forEach(({ geometry }, place) => {
    const begin = xy.length;
    for (const path of geometry ? pathsOf(geometry) : []) {
      for (const position of path) xy.push(...toWorld(position));
      vertices.push(xy.length / 2);
    }
    paths[place + 1] = vertices.length - 1;
    boxes.set(boxOf(xy, begin), place * 4);
  });
  const columns = Object.fromEntries(names.map((name) => [name, column(features, name)]));
  return { count: features.length, kinds, paths, vertices: Uint32Array.from(vertices), xy: Float64Array.from(xy), boxes, columns };
}

function pathsOf(geometry) {
  return parts(geometry).flatMap(({ type, coordinates }) => {
    if (type === "Polygon") return coordinates.map((ring) => ring.slice(0, -1));
    return type === "LineString" ? [coordinates] : [[coordinates]];
  });
}

function toWorld([lon, lat]) {
  return [lon / 360 + 0.5, 0.5 - Math.atanh(Math.sin((lat * Math.PI) / 180)) / (2 * Math.PI)];
}

/** The box of the positions from a place on; of none, edges that nothing touches. */
function boxOf(xy, begin) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = begin; at < xy.length; at += 2) {
    box[0] = Math.min(box[0], xy[at]);
    box[1] = Math.min(box[1], xy[at + 1]);
    box[2] = Math.max(box[2], xy[at]);
    box[3] = Math.max(box[3], xy[at + 1]);
  }
  return box;
}

function column(features, name) {
  const known = new Map();
  const codes = Int32Array.from(features, ({ properties }) => {
    const value = properties[name] ?? null;
    if (value === null) return -1;
    if (!known.has(value)) known.set(value, known.size);
    return known.get(value);
  });
  return { codes, values: [...known.keys()] };
}
