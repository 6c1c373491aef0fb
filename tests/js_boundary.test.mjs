// Rings from drawn points: run with `node --test`; needs no package.
import assert from "node:assert/strict";
import { test } from "node:test";

import { ringOf, vertices } from "../webapp/static/js/boundary.js";

const CLOCKWISE = [[120.3, 31.7], [120.31, 31.7], [120.31, 31.69], [120.3, 31.69]];

test("a ring is closed and goes counter-clockwise, whichever way it was drawn", () => {
  for (const points of [CLOCKWISE, [...CLOCKWISE].reverse()]) {
    const [ring] = ringOf(points).coordinates;
    assert.deepEqual(ring[0], ring.at(-1));
    const area = ring.slice(0, -1).reduce((sum, [x, y], n) => sum + x * ring[n + 1][1] - ring[n + 1][0] * y, 0);
    assert.ok(area > 0);
    assert.equal(vertices(ringOf(points)), 4);
  }
});

test("positions keep seven decimals, about a centimetre", () => {
  const [[first]] = ringOf([[120.123456789, 31.123456789], [120.2, 31.1], [120.2, 31.2]]).coordinates;
  assert.deepEqual(first, [120.1234568, 31.1234568]);
});
