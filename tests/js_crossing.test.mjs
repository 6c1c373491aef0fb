// Where names may stand: run with `node --test tests/js_crossing.test.mjs`; needs no package.
import assert from "node:assert/strict";
import { test } from "node:test";

import { besideLine, boxOf, crosses, encloses, meets } from "../webapp/static/js/crossing.js";

const at = (x, y) => ({ x, y });
const BOX = { min: at(10, 10), max: at(30, 20) };
const SQUARE = [[at(0, 0), at(40, 0), at(40, 40), at(0, 40)]];

test("a line through a box crosses it, also with both ends outside", () => {
  assert.ok(crosses(BOX, [[at(0, 15), at(50, 15)]], false));
  assert.ok(crosses(BOX, [[at(20, 0), at(20, 50)]], false));
  assert.ok(crosses(BOX, [[at(15, 12), at(16, 13)]], false));
});

test("a line beside a box, along its edge or ending before it does not cross it", () => {
  assert.ok(!crosses(BOX, [[at(0, 25), at(50, 25)]], false));
  assert.ok(!crosses(BOX, [[at(0, 10), at(50, 10)]], false));
  assert.ok(!crosses(BOX, [[at(0, 15), at(9, 15)]], false));
  assert.ok(!crosses(BOX, [[at(0, 15), at(15, 30)]], false));
});

test("a ring is joined to its first vertex", () => {
  const ring = [[at(0, 0), at(0, 40), at(40, 0)]];
  assert.ok(!crosses({ min: at(10, -5), max: at(20, 5) }, ring, false));
  assert.ok(crosses({ min: at(10, -5), max: at(20, 5) }, ring, true));
  assert.ok(!crosses(BOX, SQUARE, true));
});

test("inside is inside, and a hole is not", () => {
  const hole = [at(10, 10), at(20, 10), at(20, 20), at(10, 20)];
  assert.ok(encloses(SQUARE, at(5, 5)));
  assert.ok(!encloses(SQUARE, at(50, 5)));
  assert.ok(!encloses([...SQUARE, hole], at(15, 15)));
});

test("boxes", () => {
  assert.deepEqual(boxOf(SQUARE), { min: at(0, 0), max: at(40, 40) });
  assert.equal(boxOf([]), null);
  assert.ok(meets(BOX, boxOf(SQUARE)));
  assert.ok(!meets(BOX, { min: at(30, 0), max: at(60, 60) }));
});

test("names beside a line clear it, the middle above first", () => {
  const size = { width: 40, height: 10, gap: 4 };
  const level = besideLine([at(0, 0), at(100, 0)], size);
  assert.deepEqual(level[0], at(50, -9));
  assert.deepEqual(level[1], at(50, 9));
  const upright = besideLine([at(0, 0), at(0, 100)], size);
  assert.equal(Math.abs(upright[0].x), 24);
  assert.deepEqual(besideLine([at(1, 1), at(1, 1)], size), []);
});
