// Features of tiles put together from their pieces. Run with `node --test`.
import assert from "node:assert/strict";
import { test } from "node:test";

import { joined } from "../webapp/static/js/tilenear.js";
import { contains } from "../webapp/static/js/shapes.js";

const LEFT = { z: 1, x: 0, y: 0 };
const RIGHT = { z: 1, x: 1, y: 0 };
const SHELL = [0.2, 0.2, 0.8, 0.2, 0.8, 0.8, 0.2, 0.8];
const HOLE = [0.4, 0.4, 0.4, 0.6, 0.6, 0.6, 0.6, 0.4];

test("pieces of several tiles become one feature", () => {
  const piece = (at, paths) => ({ at, kind: 3, properties: { id: "P1", name_zh: "地" }, paths });
  const [feature, ...others] = joined([piece(LEFT, [SHELL, HOLE]), piece(RIGHT, [SHELL])]);
  assert.equal(others.length, 0);
  assert.equal(feature.id, "P1");
  assert.deepEqual(feature.geometry.coordinates.map((rings) => rings.length), [2, 1]);
  const holds = (lng, lat) => contains(feature.geometry, { lng, lat });
  assert.equal(holds(-180 + 0.3 * 180, 60), true);
  assert.equal(holds(-90, 66.51326), false);
  assert.equal(holds(90, 66.51326), true);
});

test("a line keeps its pieces, a point is where it is", () => {
  const [line, point] = joined([
    { at: LEFT, kind: 2, properties: { id: "S1" }, paths: [[0, 1, 1, 1]] },
    { at: RIGHT, kind: 2, properties: { id: "S1" }, paths: [[0, 1, 0.5, 1]] },
    { at: RIGHT, kind: 1, properties: { id: "L1" }, paths: [[0.5, 1]] },
  ]);
  assert.deepEqual(line.geometry, { type: "MultiLineString", coordinates: [[[-180, 0], [0, 0]], [[0, 0], [90, 0]]] });
  assert.deepEqual(point.geometry, { type: "Point", coordinates: [90, 0] });
});
