import assert from "node:assert/strict";
import test from "node:test";

import { percent, place, unchanged, written } from "../webapp/static/js/comparing.js";

const PAIR = { from: "aaaaaaaaaaaa", to: "bbbbbbbbbbbb" };

test("the address keeps both versions, the mode, the swipe and the place", () => {
  const state = { ...PAIR, mode: "swipe", at: 30, view: { lat: 31.68, lon: 120.3, zoom: 14.25 } };
  assert.equal(
    written("?lang=en&only=moved,added&x=1&at=99", state),
    "from=aaaaaaaaaaaa&to=bbbbbbbbbbbb&lang=en&only=moved,added&mode=swipe&at=30&view=31.68000,120.30000,14.25",
  );
});

test("what is as usual is left out", () => {
  assert.equal(written("", { ...PAIR, mode: "changes", at: 30, view: null }), "from=aaaaaaaaaaaa&to=bbbbbbbbbbbb");
  assert.equal(written("", { ...PAIR, mode: "swipe", at: 50, view: null }), "from=aaaaaaaaaaaa&to=bbbbbbbbbbbb&mode=swipe");
  assert.equal(written("", { ...PAIR, mode: "side", at: 30, view: null }), "from=aaaaaaaaaaaa&to=bbbbbbbbbbbb&mode=side");
});

test("a swipe stays within the map", () => {
  assert.deepEqual(["-5", "0", "33.4", "120", "x", ""].map(percent), [0, 0, 33, 100, 0, 0]);
});

test("a place is three numbers", () => {
  assert.deepEqual(place("31.6,120.3,14"), { lat: 31.6, lon: 120.3, zoom: 14 });
  for (const text of ["", undefined, "1,2", "a,b,c", "1,2,3,4"]) assert.equal(place(text), null);
});

test("what no change is about stays grey", () => {
  const feature = (id, geometry = {}) => ({ geometry, properties: { id } });
  const changes = [
    { properties: { id: "A", side: "before" } },
    { properties: { id: "B", side: "after" } },
  ];
  const all = [feature("A"), feature("B"), feature("C"), feature("D", null)];
  assert.deepEqual(unchanged(all, changes, "before").map((one) => one.properties.id), ["B", "C"]);
  assert.deepEqual(unchanged(all, changes, "after").map((one) => one.properties.id), ["A", "C"]);
});
