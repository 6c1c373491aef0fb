// Measuring in a plane: run with `node --test tests/js_measure.test.mjs`; needs no package.
import assert from "node:assert/strict";
import { test } from "node:test";

import { areaM2, crossesItself, formatArea, formatLength, lengthM, perimeterM, projector } from "../webapp/static/js/measure.js";
import { denominator, metresPerPixel, roundBar } from "../webapp/static/js/scale.js";

// A plane that is its own metric CRS, far from its origin as Gauss-Krueger coordinates are.
const plane = ([x, y]) => [500000 + x, 3500000 + y];

const SQUARE = [[0, 0], [1000, 0], [1000, 1000], [0, 1000]];

test("a square kilometre is 100.00 hectares and 1,500 mu", () => {
  assert.equal(areaM2(SQUARE, plane), 1e6);
  assert.deepEqual(formatArea(1e6), ["1000000 ㎡", "100 公顷", "1500 亩"]);
});

test("the direction of a ring does not matter", () => {
  assert.equal(areaM2([...SQUARE].reverse(), plane), 1e6);
});

test("an L has the area of its two parts", () => {
  const ring = [[0, 0], [20, 0], [20, 10], [10, 10], [10, 30], [0, 30]];
  assert.equal(areaM2(ring, plane), 400);
  assert.equal(perimeterM(ring, plane), 100);
});

test("a length is the sum of its legs", () => {
  assert.equal(lengthM([[0, 0], [3, 4], [3, 10]], plane), 11);
  assert.equal(lengthM([[5, 5]], plane), 0);
  assert.equal(lengthM([], plane), 0);
});

test("less than three points have no area", () => {
  assert.equal(areaM2([[0, 0], [1, 1]], plane), 0);
  assert.equal(perimeterM([[0, 0], [1, 1]], plane), 0);
});

test("a ring that crosses itself has no single area", () => {
  const bow = [[0, 0], [10, 10], [10, 0], [0, 10]];
  assert.ok(crossesItself(bow));
  assert.ok(Number.isNaN(areaM2(bow, plane)));
  assert.deepEqual(formatArea(NaN), ["—"]);
  assert.ok(!crossesItself(SQUARE));
});

test("units follow the size", () => {
  assert.equal(formatLength(12.345), "12.3 m");
  assert.equal(formatLength(999.4), "999 m");
  assert.equal(formatLength(3732.8), "3.733 km");
  assert.equal(formatLength(NaN), "—");
  assert.deepEqual(formatArea(500), ["500 ㎡", "0.05 公顷", "0.75 亩"]);
});

test("the projector asks proj4 for the metric CRS, longitude first", () => {
  const asked = [];
  const proj4 = (from, to) => {
    asked.push(from, to);
    return { forward: ([lon, lat]) => [lon * 2, lat * 3] };
  };
  assert.deepEqual(projector(proj4, "+proj=tmerc")([120, 31]), [240, 93]);
  assert.deepEqual(asked, ["EPSG:4326", "+proj=tmerc"]);
});

test("the scale bar is round and fits", () => {
  const perPixel = metresPerPixel(31.68, 12.5);
  const { metres, px } = roundBar(perPixel, 190);
  assert.equal(metres, 2000);
  assert.ok(px <= 190 && px > 190 / 2.5);
  assert.ok(Math.abs(px * perPixel - metres) < 1e-9);
  assert.ok(Math.abs(metresPerPixel(0, 0) - 156543.034) < 0.01);
});

test("a CSS pixel on paper is a 96th of an inch", () => {
  assert.equal(denominator(0.0254 / 96 * 25000), 25000);
});
