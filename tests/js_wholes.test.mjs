// Large layers of a map that is one file: cut, counted and paged by the page. Run with `node --test`.
import assert from "node:assert/strict";
import { test } from "node:test";

import { createLocalRows } from "../webapp/static/js/localrows.js";
import { attributesOf } from "../webapp/static/js/tileattributes.js";
import { cut } from "../webapp/static/js/tilecut.js";
import { flatten } from "../webapp/static/js/tileflat.js";
import { degrees } from "../webapp/static/js/tilegrid.js";
import { under } from "../webapp/static/js/tileshapes.js";

const STYLE = { by: "class", symbols: [], unclassified: {} };
const LAYER = { id: "parcels", style: STYLE };
const AT = { z: 14, x: 13667, y: 6665 };

/** Where a place of the tile lies on the earth: longitude and latitude. */
function on(x, y) {
  return degrees(AT, x / 4096, y / 4096).reverse();
}

function feature(id, geometry, properties = {}) {
  return { type: "Feature", id, geometry, properties: { id, ...properties } };
}

function ring(...corners) {
  return [...corners, corners[0]].map(([x, y]) => on(x, y));
}

const YARD = { type: "Polygon", coordinates: [ring([100, 100], [900, 100], [900, 900], [100, 900]), ring([400, 400], [400, 600], [600, 600], [600, 400])] };
const FEATURES = [
  feature("P1", YARD, { name_zh: "一号地", class: "green", stage: "planned", year_from: 2021, year_to: 2023 }),
  feature("P2", { type: "MultiLineString", coordinates: [[on(0, 0), on(4096, 4096)], [on(2000, 100), on(3000, 100)]] }, { class: "green", stage: "building", year_from: 2025 }),
  feature("P3", null, { class: "odd", stage: "planned" }),
  feature("P4", { type: "Point", coordinates: on(5000, 5000) }, { class: "green", geometry_quality: "schematic" }),
];

test("a tile is cut as a server would cut it", () => {
  const flat = flatten(FEATURES, attributesOf(STYLE));
  assert.deepEqual([...flat.kinds], [3, 2, 0, 1]);
  const tile = cut(flat, AT);
  assert.deepEqual([...tile.rows], [1, 2]);
  assert.deepEqual([...tile.paths], [0, 2, 4]);
  assert.deepEqual([...tile.vertices], [0, 4, 8, 10, 12]);
  assert.deepEqual([...tile.xy.subarray(0, 16)], [100, 100, 900, 100, 900, 900, 100, 900, 400, 400, 400, 600, 600, 600, 600, 400]);
  assert.equal(tile.columns.class.values[tile.columns.class.codes[1]], "green");
  assert.equal(tile.columns.name_zh.codes[1], -1);
});

test("a place in a yard is outside, as one in the next tile is", () => {
  const flat = flatten(FEATURES, attributesOf(STYLE));
  const tile = cut(flat, AT);
  const met = (x, y) => under(tile, x, y, { line: 9, point: 9 }, () => true);
  assert.deepEqual(met(200, 300), [0]);
  assert.deepEqual(met(450, 550), []);
  assert.deepEqual(met(2500, 105), [1]);
  assert.deepEqual([...cut(flat, { ...AT, x: AT.x + 1, y: AT.y + 1 }).rows], [2, 4]);
  assert.equal(cut(flat, { ...AT, x: AT.x + 5 }), null);
});

test("rows are counted as the server counts them", () => {
  const rows = createLocalRows(LAYER, FEATURES, [], [2021, 2023]);
  const all = rows.told("limit=2");
  assert.deepEqual([all.located, all.unlocated, all.undated, all.next], [3, 1, 2, 2]);
  assert.deepEqual(all.stages, { planned: 2, building: 1 });
  assert.deepEqual(all.years, { 2021: 1, 2022: 1, 2023: 1 });
  assert.deepEqual(all.features.map(({ id }) => id), ["P1", "P2"]);
  assert.deepEqual(all.groups, [
    { properties: { class: "green" }, schematic: false, located: true, count: 2 },
    { properties: { class: "odd" }, schematic: false, located: false, count: 1 },
    { properties: { class: "green" }, schematic: true, located: true, count: 1 },
  ]);
});

test("a filter passes what the page's own filter passes", () => {
  const rows = createLocalRows(LAYER, FEATURES, ["yihaodi yhd"], [2021, 2030]);
  const ids = (query) => rows.told(query).features.map(({ id }) => id);
  assert.deepEqual(ids("stage=planned&years=2024-2026"), ["P3"]);
  assert.deepEqual(ids("ids=P4,P1"), ["P1", "P4"]);
  assert.deepEqual(ids(`q=${encodeURIComponent("一 号")}`), ["P1"]);
  assert.deepEqual(ids("limit=2&start=2"), ["P3", "P4"]);
  assert.deepEqual(rows.told("stage=planned&years=2024-2026").stages, { planned: 1, building: 1 });
  assert.deepEqual(ids("q=YHD"), ["P1"]);
  assert.deepEqual([...rows.bits("q=p3")], [0b1000]);
  assert.equal(rows.has("P4"), true);
  assert.equal(rows.has("P5"), false);
});
