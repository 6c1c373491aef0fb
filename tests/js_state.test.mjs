// The address is the state: run with `node --test tests/js_state.test.mjs`; needs no package.
import assert from "node:assert/strict";
import { test } from "node:test";

import { START, drawingOrder, format, formatForList, formatForStatistics, parse, settle, unknown, visibleLayers } from "../webapp/static/js/state.js";

const LAYERS = ["roads", "metro", "parks", "outline"].map((id) => ({ id, visible: id !== "metro" }));
const KNOWN = { layers: LAYERS, stages: ["start", "advance", "complete"], years: [2021, 2025] };

test("an address without parameters is the start, and is written as nothing", () => {
  assert.deepEqual(parse(""), START);
  assert.equal(format(START), "");
});

test("every part of a state survives writing and reading", () => {
  const query = "layers=parks,roads&opacity=roads:60,parks:0&stage=start,complete&years=2021-2023&q=%E5%87%A4%E7%BF%94%20%26&selected=R08&view=31.68000,120.30000,12.5&panel=list";
  assert.equal(format(parse(`?${query}`)), query);
  assert.equal(parse(query).q, "凤翔 &");
  assert.deepEqual(parse(query).view, { lat: 31.68, lon: 120.3, zoom: 12.5 });
});

test("chosen projects stand in the address; none at all is no choice", () => {
  assert.deepEqual(parse("ids=R01,R02,<x>").ids, ["R01", "R02"]);
  assert.equal(format({ ...START, ids: ["R01", "R02"] }), "ids=R01,R02");
  assert.equal(formatForList({ ...START, ids: ["R01"] }), "ids=R01");
  assert.equal(parse("ids=").ids, null);
  assert.equal(parse("").ids, null);
});

test("an empty list of layers is a choice: no layer", () => {
  assert.deepEqual(parse("layers=").layers, []);
  assert.equal(format({ ...START, layers: [] }), "layers=");
});

test("one year is a range of one, and a range may be written backwards", () => {
  assert.deepEqual(parse("years=2022").years, [2022, 2022]);
  assert.deepEqual(parse("years=2023-2021").years, [2021, 2023]);
});

for (const query of ["years=abc", "years=2021-", "view=1,2", "view=91,0,3", "view=a,b,c", "view=31,120,99", "selected=<img>", "opacity=roads:200", "opacity=roads", "panel=danger", "layers=../etc"]) {
  test(`what cannot be read is as if it were not there: ${query}`, () => {
    const state = { ...parse(query), layers: null };
    assert.deepEqual(state, START);
  });
}

test("hostile words stay words", () => {
  const words = ["{{7*7}}", "${alert(1)}", "</script>", "`", "<img onerror=alert(1)>"];
  for (const word of words) assert.equal(parse(format({ ...START, q: word })).q, word);
});

test("a word of an object's own is no layer's opacity", () => {
  assert.equal(format(settle(parse("opacity=constructor:10,__proto__:10"), KNOWN)), "");
});

test("settling drops what the deployment has not, and writes its start as nothing", () => {
  const settled = settle(parse("layers=roads,parks,outline&stage=start,advance,complete&years=2021-2025&opacity=xx:5,roads:100"), KNOWN);
  assert.equal(format(settled), "");
});

test("settling keeps a choice", () => {
  const settled = settle(parse("layers=parks,nowhere,roads&stage=zz,complete&years=2022-2025"), KNOWN);
  assert.equal(format(settled), "layers=parks,roads&stage=complete&years=2022-2025");
});

for (const query of ["layers=nowhere", "layers=.,!", "stage=", "stage=zz", "years=2023-2030", "years=2019-2022", `q=${"路".repeat(101)}`]) {
  test(`what the server ignores is ignored here too: ${query}`, () => {
    assert.equal(format(settle(parse(query), KNOWN)), "");
  });
}

test("a list may be written in parts, as a form sends it", () => {
  const settled = settle(parse("layers=roads&layers=parks&stage=start&stage=complete&years=2022&years=2023"), KNOWN);
  assert.equal(format(settled), "layers=roads,parks&stage=start,complete&years=2022-2023");
});

test("no known stage is no choice of stages", () => {
  assert.equal(settle(parse("stage=zz"), KNOWN).stage, null);
});

test("layers are visible as the catalog has them until somebody chooses", () => {
  assert.deepEqual(visibleLayers(START, LAYERS), ["roads", "parks", "outline"]);
  assert.deepEqual(visibleLayers(parse("layers=metro"), LAYERS), ["metro"]);
});

test("hidden layers keep their place below their neighbour of the catalog", () => {
  assert.deepEqual(drawingOrder(START, LAYERS), ["roads", "metro", "parks", "outline"]);
  assert.deepEqual(drawingOrder(parse("layers=outline,roads"), LAYERS), ["outline", "roads", "metro", "parks"]);
  assert.deepEqual(drawingOrder(parse("layers="), LAYERS), ["roads", "metro", "parks", "outline"]);
});

test("the list gets the filters and neither place nor selection", () => {
  const state = parse("layers=roads&stage=start&years=2021-2022&q=x&selected=R08&view=31,120,12&panel=list&opacity=roads:5");
  assert.equal(formatForList(state, { lang: "en" }), "layers=roads&stage=start&years=2021-2022&q=x&lang=en");
});

test("the base map lies below all projects, wherever the catalog names it", () => {
  const layers = [["stations", "context"], ["roads", "projects"], ["added", "projects"]].map(([id, role]) => ({ id, role, visible: true }));
  assert.deepEqual(drawingOrder(START, layers), ["roads", "added", "stations"]);
  assert.deepEqual(visibleLayers(START, layers), ["roads", "added", "stations"]);
  assert.deepEqual(drawingOrder({ ...START, layers: ["stations", "roads"] }, layers), ["stations", "roads", "added"]);
});

test("what of an address nobody knows is told as it was written", () => {
  const known = { ...KNOWN, has: (id) => id === "R01" };
  assert.deepEqual(unknown("?layers=roads,nope&stage=start,x&years=1-2&ids=R01,Z9&selected=Z99&panel=q&view=1", known), ["layers=nope", "stage=x", "years=1-2", "ids=Z9", "selected=Z99", "view=1", "panel=q"]);
  assert.deepEqual(unknown("?layers=roads&opacity=roads:50,parks:100&years=2021-2025&selected=R01&panel=list&q=x&lang=en", known), []);
  assert.deepEqual(unknown("?years=2022&years=2023&stage=&layers=", known), []);
});

test("an older state of the plan stays in the address, and goes along to the statistics", () => {
  const query = "versions=roads:7e68e1bf6200,parks:000000000000&as_of=2026-11-23";
  assert.equal(format(parse(query)), query);
  assert.equal(formatForStatistics({ ...parse(query), ids: ["R01"], stage: ["start"] }), `stage=start&${query}`);
  for (const strange of ["versions=roads", "versions=roads:xyz", "as_of=yesterday", "as_of=2026-1-1"]) assert.deepEqual(parse(strange), START);
});
