import assert from "node:assert/strict";
import { test } from "node:test";

import { inserted, made, middles, moved, nearest, shifted, vertices, without } from "../webapp/static/js/draftshapes.js";

const square = () => ({ type: "Polygon", coordinates: [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]] });

test("the end of a ring is no vertex and moves with its beginning", () => {
  assert.equal(vertices(square()).length, 4);
  const ring = moved(square(), [0, 0], [-1, -1]).coordinates[0];
  assert.deepEqual([ring[0], ring[4]], [[-1, -1], [-1, -1]]);
});

test("a vertex is put in the middle of a side, also of the last one", () => {
  const last = middles(square())[3];
  assert.deepEqual(last, { at: [0, 4], position: [0, 1] });
  assert.deepEqual(inserted(square(), last.at, last.position).coordinates[0], [[0, 0], [2, 0], [2, 2], [0, 2], [0, 1], [0, 0]]);
});

test("no fewer vertices than a shape needs", () => {
  const triangle = without(square(), [0, 0]);
  assert.deepEqual(triangle.coordinates[0], [[2, 0], [2, 2], [0, 2], [2, 0]]);
  assert.equal(without(triangle, [0, 0]), null);
  assert.equal(without({ type: "LineString", coordinates: [[0, 0], [1, 1]] }, [0]), null);
});

test("what is given is never changed", () => {
  const given = square();
  moved(given, [0, 1], [9, 9]);
  without(given, [0, 1]);
  assert.deepEqual(given, square());
});

test("parts of several are addressed and shifted together", () => {
  const several = { type: "MultiPolygon", coordinates: [square().coordinates, [[[5, 5], [6, 5], [6, 6], [5, 5]]]] };
  assert.deepEqual(vertices(several)[4], { at: [1, 0, 0], position: [5, 5] });
  assert.deepEqual(shifted(several, [1, -1]).coordinates[1][0][1], [7, 4]);
  assert.deepEqual(moved({ type: "Point", coordinates: [1, 2] }, [], [3, 4]).coordinates, [3, 4]);
});

test("a shape of points that were set, and the nearest of some places", () => {
  assert.equal(made("Polygon", [[0, 0], [1, 0]]), null);
  assert.deepEqual(made("Polygon", [[0, 0], [1, 0], [1, 1]]).coordinates[0].length, 4);
  assert.deepEqual(nearest({ x: 0, y: 0 }, [{ x: 9, y: 0 }, { x: 3, y: 4 }], 12), { x: 3, y: 4 });
  assert.equal(nearest({ x: 0, y: 0 }, [{ x: 9, y: 9 }], 12), null);
});
