/**
 * Mapbox Vector Tiles as flat arrays: one pass over the bytes, no object for a feature or a vertex.
 * Pure; the bytes are read by `pbf`, the shapes by this module, because the library that makes an
 * object of each vertex takes several times as long and cannot be loaded without being built.
 */

import { PbfReader } from "../vendor/pbf-5.1.2/pbf.js";

/** Kinds of shapes as the format numbers them. */
export const POINT = 1;
export const LINE = 2;
export const POLYGON = 3;

const MOVE_TO = 1;
const LINE_TO = 2;
const [NAME, FEATURE, KEY, VALUE, EXTENT] = [1, 2, 3, 4, 5];
const [F_ID, F_TAGS, F_KIND, F_GEOMETRY] = [1, 2, 3, 4];
const LAYER = 3;
const USUAL_EXTENT = 4096;

/**
 * One layer of a tile.
 *
 * @typedef {Object} Tile
 * @property {number} extent units across the tile
 * @property {number} count features
 * @property {Float64Array} rows row number of each feature
 * @property {Uint8Array} kinds POINT, LINE or POLYGON of each feature
 * @property {Uint32Array} paths the first path of each feature, and behind the last
 * @property {Uint32Array} vertices the first vertex of each path, and behind the last
 * @property {Int32Array} xy vertices in tile units, right and down from the upper left corner; rings
 *   are not closed
 * @property {Object<string, Column>} columns the wanted attributes
 */

/**
 * An attribute of all features.
 *
 * @typedef {Object} Column
 * @property {Int32Array} codes the place in `values` for each feature, -1 where it has none
 * @property {Array<string|number|boolean>} values
 */

/**
 * Read one layer of a tile.
 *
 * @param {ArrayBuffer|Uint8Array} bytes
 * @param {string} name of the layer
 * @param {string[]} wanted names of the attributes
 * @returns {Tile|null} null where the tile has no such layer
 * @throws {RangeError} when the bytes are no vector tile
 */
export function decode(bytes, name, wanted) {
  const pbf = new PbfReader(bytes);
  while (pbf.pos < pbf.length) {
    if (field(pbf) !== LAYER) {
      skip(pbf);
      continue;
    }
    const end = bound(pbf, pbf.readVarint() + pbf.pos);
    const frame = readFrame(pbf, end);
    if (frame.name === name) return readFeatures(pbf, frame, wanted);
    pbf.pos = end;
  }
  return null;
}

/** The value of an attribute of a feature, or null. */
export function valueOf(tile, place, name) {
  const column = tile.columns[name];
  const code = column ? column.codes[place] : -1;
  return code < 0 ? null : column.values[code];
}

function field(pbf) {
  const word = pbf.readVarint();
  pbf.type = word & 7;
  return word >> 3;
}

function skip(pbf) {
  pbf.skip(pbf.type);
  bound(pbf, pbf.pos);
}

function bound(pbf, end) {
  if (end > pbf.length) throw new RangeError("the tile ends too early");
  return end;
}

/** What stands around the features of a layer; the features are only found. */
function readFrame(pbf, end) {
  const frame = { name: "", extent: USUAL_EXTENT, keys: [], values: [], places: [], bytes: 0 };
  while (pbf.pos < end) {
    const tag = field(pbf);
    if (tag === NAME) frame.name = pbf.readString();
    else if (tag === EXTENT) frame.extent = pbf.readVarint();
    else if (tag === KEY) frame.keys.push(pbf.readString());
    else if (tag === VALUE) frame.values.push(readValue(pbf));
    else if (tag === FEATURE) {
      frame.places.push(pbf.pos);
      frame.bytes += pbf.readVarint();
      pbf.pos = bound(pbf, pbf.pos + lengthAt(pbf, frame.places[frame.places.length - 1]));
    } else skip(pbf);
  }
  return frame;
}

/** The length that stands at a place, read again; the reader is left behind it. */
function lengthAt(pbf, place) {
  pbf.pos = place;
  return pbf.readVarint();
}

function readValue(pbf) {
  const end = bound(pbf, pbf.readVarint() + pbf.pos);
  let value = null;
  while (pbf.pos < end) {
    const tag = field(pbf);
    if (tag === 1) value = pbf.readString();
    else if (tag === 2) value = pbf.readFloat();
    else if (tag === 3) value = pbf.readDouble();
    else if (tag === 4) value = pbf.readVarint(true);
    else if (tag === 5) value = pbf.readVarint();
    else if (tag === 6) value = pbf.readSVarint();
    else if (tag === 7) value = pbf.readBoolean();
    else skip(pbf);
  }
  return value;
}

function readFeatures(pbf, frame, wanted) {
  const count = frame.places.length;
  const columns = wanted.map((name) => ({ name, key: frame.keys.indexOf(name), codes: new Int32Array(count).fill(-1) }));
  const byKey = new Map(columns.filter(({ key }) => key >= 0).map(({ key, codes }) => [key, codes]));
  // A vertex takes two bytes at least, and a path three.
  const shapes = { xy: new Int32Array(frame.bytes), xys: 0, vertices: new Uint32Array(frame.bytes / 3 + 2), paths: 0 };
  const tile = { extent: frame.extent, count, rows: new Float64Array(count), kinds: new Uint8Array(count), paths: new Uint32Array(count + 1) };
  frame.places.forEach((at, place) => {
    pbf.pos = at;
    readFeature(pbf, tile, place, byKey, shapes);
    tile.paths[place + 1] = shapes.paths;
  });
  shapes.vertices[shapes.paths] = shapes.xys / 2;
  return {
    ...tile,
    vertices: shapes.vertices.slice(0, shapes.paths + 1),
    xy: shapes.xy.slice(0, shapes.xys),
    columns: Object.fromEntries(columns.map(({ name, codes }) => [name, { codes, values: frame.values }])),
  };
}

function readFeature(pbf, tile, place, byKey, shapes) {
  const end = pbf.readVarint() + pbf.pos;
  while (pbf.pos < end) {
    const tag = field(pbf);
    if (tag === F_ID) tile.rows[place] = pbf.readVarint();
    else if (tag === F_KIND) tile.kinds[place] = pbf.readVarint();
    else if (tag === F_TAGS) readTags(pbf, place, byKey);
    else if (tag === F_GEOMETRY) readShape(pbf, shapes);
    else skip(pbf);
  }
}

function readTags(pbf, place, byKey) {
  const end = pbf.readVarint() + pbf.pos;
  while (pbf.pos < end) {
    const codes = byKey.get(pbf.readVarint());
    const value = pbf.readVarint();
    if (codes) codes[place] = value;
  }
}

/** Commands to vertices; that a ring closes is not written down. */
function readShape(pbf, shapes) {
  const end = pbf.readVarint() + pbf.pos;
  const { xy, vertices } = shapes;
  let x = 0;
  let y = 0;
  while (pbf.pos < end) {
    const command = pbf.readVarint();
    const kind = command & 7;
    if (kind !== MOVE_TO && kind !== LINE_TO) continue;
    for (let left = command >> 3; left > 0 && pbf.pos < end; left -= 1) {
      if (kind === MOVE_TO) {
        vertices[shapes.paths] = shapes.xys / 2;
        shapes.paths += 1;
      }
      x += pbf.readSVarint();
      y += pbf.readSVarint();
      xy[shapes.xys] = x;
      xy[shapes.xys + 1] = y;
      shapes.xys += 2;
    }
  }
}
