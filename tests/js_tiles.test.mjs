// Vector tiles in the browser: read, filtered, searched. Run with `node --test`; the independent
// reader is @mapbox/vector-tile.
import assert from "node:assert/strict";
import { test } from "node:test";

import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader, PbfWriter } from "pbf";

import { LINE, POINT, POLYGON, decode, valueOf } from "../webapp/static/js/mvt.js";
import { ALL, admitting } from "../webapp/static/js/tilefilter.js";
import { degrees, sourceOf } from "../webapp/static/js/tilegrid.js";
import { looksOf, paint } from "../webapp/static/js/tilepaint.js";
import { boxesOf, outline, under } from "../webapp/static/js/tileshapes.js";

const SQUARE = [[100, 100], [200, 100], [200, 200], [100, 200]];
const YARD = [[140, 140], [140, 160], [160, 160], [160, 140]];
const FEATURES = [
  { id: 1, kind: POLYGON, paths: [SQUARE, YARD], tags: { id: "P1", class: "green", stage: "building", year_from: 2021, year_to: 2023 } },
  { id: 2, kind: LINE, paths: [[[0, 0], [300, 0], [300, 300]], [[500, 500], [600, 500]]], tags: { id: "P2", class: "green", stage: "planned", year_from: 2025, geometry_quality: "schematic" } },
  { id: 3_000_000, kind: POINT, paths: [[[400, 401]], [[410, 401]]], tags: { id: "P3", class: "unheard", share: 0.5, minus: -7, yes: true } },
];
const WANTED = ["id", "class", "stage", "year_from", "year_to", "geometry_quality"];
const STYLE = { by: "class", symbols: [{ value: "red", stroke: "#aa0000", width: 1 }, { value: "green", stroke: "#00aa00", width: 2, fill: "#00ff00", fill_opacity: 0.5 }], unclassified: { stroke: "#ff00ff", width: 3 }, schematic: { dash: "7 6" } };

/** A tile of one layer, written by the rules of the format. */
function encode(features, { name = "parcels", extent = 4096 } = {}) {
  const pbf = new PbfWriter();
  const keys = [...new Set(features.flatMap(({ tags }) => Object.keys(tags)))];
  const values = [...new Set(features.flatMap(({ tags }) => Object.values(tags)))];
  pbf.writeMessage(3, (_, layer) => {
    layer.writeVarintField(15, 2);
    layer.writeStringField(1, name);
    for (const { id, kind, paths, tags } of features) {
      layer.writeMessage(2, (__, feature) => {
        feature.writeVarintField(1, id);
        feature.writePackedVarint(2, Object.entries(tags).flatMap(([key, value]) => [keys.indexOf(key), values.indexOf(value)]));
        feature.writeVarintField(3, kind);
        feature.writePackedVarint(4, commands(kind, paths));
      }, null);
    }
    keys.forEach((key) => layer.writeStringField(3, key));
    values.forEach((value) => layer.writeMessage(4, writeValue, value));
    layer.writeVarintField(5, extent);
  }, null);
  return pbf.finish();
}

function writeValue(value, pbf) {
  if (typeof value === "string") pbf.writeStringField(1, value);
  else if (typeof value === "boolean") pbf.writeBooleanField(7, value);
  else if (!Number.isInteger(value)) pbf.writeDoubleField(3, value);
  else if (value < 0) pbf.writeSVarintField(6, value);
  else pbf.writeVarintField(5, value);
}

function commands(kind, paths) {
  const zigzag = (value) => (value << 1) ^ (value >> 31);
  const words = [];
  let [x, y] = [0, 0];
  const to = (points) => points.forEach(([px, py]) => {
    words.push(zigzag(px - x), zigzag(py - y));
    [x, y] = [px, py];
  });
  if (kind === POINT) {
    words.push((paths.length << 3) | 1);
    to(paths.flat());
    return words;
  }
  for (const path of paths) {
    words.push((1 << 3) | 1);
    to(path.slice(0, 1));
    words.push(((path.length - 1) << 3) | 2);
    to(path.slice(1));
    if (kind === POLYGON) words.push((1 << 3) | 7);
  }
  return words;
}

const tileOf = (features, options) => decode(encode(features, options), "parcels", WANTED);

test("a tile is read as the independent reader reads it", () => {
  const bytes = encode(FEATURES);
  const layer = new VectorTile(new PbfReader(bytes)).layers.parcels;
  const tile = decode(bytes, "parcels", ["id", "class", "stage", "year_from", "share", "minus", "yes", "geometry_quality"]);
  assert.equal(tile.count, layer.length);
  assert.equal(tile.extent, layer.extent);
  for (let place = 0; place < layer.length; place += 1) {
    const other = layer.feature(place);
    assert.equal(tile.rows[place], other.id);
    assert.equal(tile.kinds[place], other.type);
    for (const name of Object.keys(tile.columns)) assert.equal(valueOf(tile, place, name), other.properties[name] ?? null, name);
    // The reader closes rings; we leave the closing vertex out.
    const theirs = other.loadGeometry().map((path) => path.map(({ x, y }) => [x, y])).map((path) => (other.type === POLYGON ? path.slice(0, -1) : path));
    const flat = other.type === POINT ? theirs.flat().map((point) => [point]) : theirs;
    assert.deepEqual(pathsOf(tile, place), flat);
  }
});

function pathsOf(tile, place) {
  const found = [];
  for (let path = tile.paths[place]; path < tile.paths[place + 1]; path += 1) {
    const line = [];
    for (let at = tile.vertices[path]; at < tile.vertices[path + 1]; at += 1) line.push([tile.xy[2 * at], tile.xy[2 * at + 1]]);
    found.push(line);
  }
  return found;
}

test("a tile without the layer has nothing, and one that was cut is refused", () => {
  const bytes = encode(FEATURES);
  assert.equal(decode(bytes, "streets", WANTED), null);
  assert.equal(decode(new Uint8Array(0), "parcels", WANTED), null);
  assert.throws(() => decode(bytes.slice(0, bytes.length - 9), "parcels", WANTED), RangeError);
});

test("a filter admits as the filter of the page does", () => {
  const tile = tileOf(FEATURES);
  const passing = (wanted) => [0, 1, 2].filter(admitting(tile, { ...ALL, ...wanted })).map((place) => valueOf(tile, place, "id"));
  assert.deepEqual(passing({}), ["P1", "P2", "P3"]);
  assert.deepEqual(passing({ stage: ["planned"] }), ["P2"]);
  assert.deepEqual(passing({ years: [2022, 2022] }), ["P1", "P3"]);
  assert.deepEqual(passing({ years: [2025, 2026] }), ["P2", "P3"]);
  assert.deepEqual(passing({ ids: ["P3", "P9"] }), ["P3"]);
  assert.deepEqual(passing({ rows: Uint8Array.of(0b100) }), ["P2"]);
  assert.deepEqual(passing({ rows: new Uint8Array(0) }), []);
});

test("under the pointer lie areas but not their yards, near lines, near points", () => {
  const tile = tileOf(FEATURES);
  const at = (x, y, admitted = () => true) => under(tile, x, y, { line: 5, point: 8 }, admitted).map((place) => valueOf(tile, place, "id"));
  assert.deepEqual(at(120, 120), ["P1"]);
  assert.deepEqual(at(150, 150), []);
  assert.deepEqual(at(99, 120), []);
  assert.deepEqual(at(150, 4), ["P2"]);
  assert.deepEqual(at(150, 6), []);
  assert.deepEqual(at(550, 503), ["P2"]);
  assert.deepEqual(at(450, 400), []);
  assert.deepEqual(at(413, 407), ["P3"]);
  assert.deepEqual(at(120, 120, () => false), []);
});

test("the outline of an area belongs to it, also where a ring closes", () => {
  const tile = tileOf(FEATURES);
  const at = (x, y, edge) => under(tile, x, y, { line: 0, point: 0, edge }, () => true).map((place) => valueOf(tile, place, "id"));
  for (const [x, y] of [[99, 120], [120, 99]]) {
    assert.deepEqual(at(x, y, 0), []);
    assert.deepEqual(at(x, y, 1), ["P1"]);
    assert.deepEqual(at(x - 2, y - 2, 1), []);
  }
});

test("boxes are those of all parts", () => {
  assert.deepEqual([...boxesOf(tileOf(FEATURES))].slice(4, 8), [0, 0, 600, 500]);
});

test("the outline leaves out the edges along which a tile was cut", () => {
  const cut = [[4000, 1000], [4160, 1000], [4160, 1100], [4000, 1100]];
  const far = [[-64, 10], [-64, -64], [20, -64], [20, 10]];
  const tile = tileOf([{ id: 1, kind: POLYGON, paths: [cut], tags: { id: "A" } }, { id: 2, kind: POLYGON, paths: [far], tags: { id: "B" } }]);
  assert.deepEqual(outline(tile, 0), [[4000, 1000, 4160, 1000], [4160, 1100, 4000, 1100, 4000, 1000]]);
  assert.deepEqual(outline(tile, 1), [[20, -64, 20, 10, -64, 10]]);
});

test("what is drawn alike has one look: symbol, then schematic", () => {
  assert.deepEqual([...looksOf(tileOf(FEATURES), STYLE)], [2, 3, 4]);
  assert.deepEqual([...looksOf(tileOf(FEATURES), { ...STYLE, by: null })], [0, 1, 0]);
});

/** A canvas that notes what is asked of it. */
function noting() {
  const notes = [];
  const names = ["beginPath", "moveTo", "lineTo", "closePath", "fill", "stroke", "arc", "setLineDash"];
  const pen = Object.fromEntries(names.map((name) => [name, (...values) => notes.push([name, ...values])]));
  return { pen, notes, of: (name) => notes.filter(([one]) => one === name) };
}

test("areas are filled below lines, lines below points, dashed where they are schematic", () => {
  const { pen, notes, of } = noting();
  const how = { style: STYLE, admitted: () => true, part: { zoomed: 1, x: 0, y: 0 }, size: 1024, ratio: 2, scale: 1 };
  assert.equal(paint(pen, tileOf(FEATURES), how), 3);
  assert.deepEqual(of("setLineDash").map(([, dash]) => dash), [[], [14, 12], []]);
  assert.deepEqual(of("moveTo")[0], ["moveTo", 25, 25]);
  assert.deepEqual(notes.map(([name]) => name).filter((name) => ["fill", "stroke"].includes(name)), ["fill", "stroke", "stroke", "fill", "stroke", "fill", "stroke"]);
  assert.equal(of("closePath").length, 2);
});

test("an outline that would hide its area is left out, but never that of the unclassified", () => {
  const how = { style: STYLE, admitted: () => true, part: { zoomed: 1, x: 0, y: 0 }, size: 256, ratio: 1, scale: 1 };
  const strange = { ...FEATURES[0], id: 4, tags: { id: "P4", class: "unheard" } };
  const small = noting();
  paint(small.pen, tileOf(FEATURES.slice(0, 1)), how);
  assert.deepEqual([small.of("fill").length, small.of("stroke").length], [1, 0]);
  const unknown = noting();
  paint(unknown.pen, tileOf([strange]), { ...how, style: { ...STYLE, unclassified: { ...STYLE.unclassified, fill: "#ff00ff", fill_opacity: 0.25 } } });
  assert.deepEqual([unknown.of("fill").length, unknown.of("stroke").length], [1, 1]);
});

test("a part of a tile is drawn as large as the whole", () => {
  const { pen, of } = noting();
  paint(pen, tileOf(FEATURES.slice(0, 1)), { style: STYLE, admitted: () => true, part: { zoomed: 2, x: 100, y: 50 }, size: 4096, ratio: 1, scale: 1 });
  assert.deepEqual(of("moveTo")[0], ["moveTo", 0, 100]);
});

test("beyond the last level a square is a part of a larger tile", () => {
  assert.deepEqual(sourceOf({ z: 14, x: 5, y: 7 }, 16), { at: { z: 14, x: 5, y: 7 }, part: { zoomed: 1, x: 0, y: 0 } });
  assert.deepEqual(sourceOf({ z: 18, x: 21, y: 31 }, 16), { at: { z: 16, x: 5, y: 7 }, part: { zoomed: 4, x: 0.25, y: 0.75 } });
});

test("places of a tile are degrees", () => {
  assert.deepEqual(degrees({ z: 0, x: 0, y: 0 }, 0.5, 0.5), [0, 0]);
  const [lat, lon] = degrees({ z: 1, x: 1, y: 0 }, 0, 0);
  // The upper edge of Web Mercator's square, by its definition.
  assert.ok(Math.abs(lat - 85.0511287798066) < 1e-9);
  assert.equal(lon, 0);
});
