// What passes, what is found, how it is drawn: run with `node --test`; needs no package.
import assert from "node:assert/strict";
import { test } from "node:test";

import { admits, countStages, countYears, normalise, tally } from "../webapp/static/js/filter.js";
import { addressLang, pick, pickOther, speak, t } from "../webapp/static/js/i18n.js";
import { Register, toProject } from "../webapp/static/js/project.js";
import { find } from "../webapp/static/js/search.js";
import { anchor, bounds, contains, dimension, middle } from "../webapp/static/js/shapes.js";
import { dashOf, kindOf, pathOptions, symbolOf } from "../webapp/static/js/symbols.js";

const feature = (id, properties = {}, geometry = null) => ({ type: "Feature", id, properties: { id, name_zh: id, ...properties }, geometry });
const POINT = { type: "Point", coordinates: [120.3, 31.68] };
const ROADS = [
  feature("R01", { name_zh: "堰新路东延", name_en: "Yanxin Road", stage: "complete", year_from: 2021, year_to: 2021 }, POINT),
  feature("R08", { name_zh: "凤翔高架北延", name_en: "Fengxiang elevated road", aliases: ["风翔高架北延"], stage: "advance", year_from: null, year_to: null }, POINT),
  feature("R15", { stage: "complete", year_from: 2021, year_to: 2025 }),
].map((one) => toProject("roads", one));
const ALL = { layers: null, stage: null, years: null, q: "" };
const passing = (criteria) => ROADS.filter((road) => admits(road, { ...ALL, ...criteria })).map((road) => road.id);

test("an undated project passes every range of years", () => {
  assert.deepEqual(passing({ years: [2024, 2025] }), ["R08", "R15"]);
  assert.deepEqual(passing({ years: [2021, 2021] }), ["R01", "R08", "R15"]);
});

test("stages, layers and words narrow", () => {
  assert.deepEqual(passing({ stage: ["advance"] }), ["R08"]);
  assert.deepEqual(passing({ layers: new Set(["parks"]) }), []);
  assert.deepEqual(passing({ q: "风翔" }), ["R08"]);
  assert.deepEqual(passing({ q: " ｒ０１ " }), ["R01"]);
});

test("chosen projects, and only they, pass", () => {
  assert.deepEqual(passing({ ids: new Set(["R15", "R01"]) }), ["R01", "R15"]);
  assert.deepEqual(passing({ ids: new Set(["R15"]), stage: ["advance"] }), []);
  assert.deepEqual(passing({ ids: null }), ["R01", "R08", "R15"]);
});

test("what has no geometry is counted all the same", () => {
  assert.deepEqual(tally(ROADS), { located: 2, unlocated: 1, all: 3 });
});

test("counts of a facet leave its own choice out", () => {
  const criteria = { ...ALL, stage: ["advance"], years: [2022, 2023] };
  assert.deepEqual([...countStages(ROADS, criteria, ["advance", "complete"])], [["advance", 1], ["complete", 1]]);
  const { years, undated } = countYears(ROADS, { ...ALL, years: [2022, 2023] }, [2021, 2023]);
  assert.deepEqual([...years], [[2021, 2], [2022, 1], [2023, 1]]);
  assert.equal(undated, 1);
});

test("width, case and blanks are folded as on the server", () => {
  assert.equal(normalise(" Ｒ0 8　"), "r08");
});

test("search puts the very word first and tells the alias that found it", () => {
  const found = find("风翔", ROADS);
  assert.deepEqual(found.map(({ feature: one, alias }) => [one.id, alias]), [["R08", "风翔高架北延"]]);
  assert.equal(find("凤翔", ROADS)[0].alias, null);
  assert.equal(find("r1", ROADS)[0].feature.id, "R15");
  assert.deepEqual(find("  ", ROADS), []);
});

test("the register learns pinyin and keeps the order of layers", () => {
  const register = new Register();
  register.add({ id: "roads", role: "projects" }, { features: [feature("R08", { name_zh: "凤翔" })] });
  register.add({ id: "rivers", role: "context" }, { features: [feature("river", {})] });
  register.learn([{ id: "R08", terms: ["fx"] }, { id: "gone", terms: ["x"] }]);
  assert.equal(find("FX", register.projects(["rivers", "roads"]))[0].feature.id, "R08");
  assert.deepEqual(register.context().map((one) => one.id), ["river"]);
});

const STYLE = {
  by: "class",
  symbols: [{ value: "motorway", stroke: "#5b2a6e", width: 6 }],
  unclassified: { stroke: "#ff00ff", width: 4, fill: "#ff00ff", fill_opacity: 0.25 },
  schematic: { dash: "7 6" },
};

test("a class that nobody knows is magenta, and so is one that is not given", () => {
  for (const value of ["canal", null, "constructor", "__proto__"]) {
    const { symbol, known } = symbolOf(STYLE, { class: value });
    assert.ok(!known);
    assert.equal(symbol.stroke, "#ff00ff");
  }
  assert.ok(symbolOf(STYLE, { class: "motorway" }).known);
});

test("what is schematic is dashed, thinner far away", () => {
  const [symbol] = STYLE.symbols;
  assert.equal(dashOf(STYLE, symbol, true), "7 6");
  assert.equal(pathOptions(STYLE, symbol, { schematic: true, polygon: false }).dashArray, "7 6");
  assert.equal(pathOptions(STYLE, symbol, { schematic: true, polygon: false, scale: 0.5 }).dashArray, "3.5 3");
  assert.equal(pathOptions(STYLE, symbol, { schematic: false, polygon: false }).dashArray, null);
});

test("a symbol is of the kind that its layer draws", () => {
  assert.equal(kindOf({ radius: 9 }, ["Point", "LineString"]), 0);
  assert.equal(kindOf({}, ["Point", "LineString"]), 1);
  assert.equal(kindOf({ fill: "#ffffff" }, ["Polygon"]), 2);
});

test("a name stands on its shape", () => {
  const ring = [[0, 0], [10, 0], [10, 10], [8, 10], [8, 2], [2, 2], [2, 10], [0, 10], [0, 0]];
  const horseshoe = { type: "Polygon", coordinates: [ring] };
  const [lng, lat] = anchor(horseshoe);
  assert.ok(contains(horseshoe, { lng, lat }));
  assert.ok(!contains(horseshoe, { lng: 5, lat: 5 }));
  assert.deepEqual(middle([[0, 0], [4, 0]]), [2, 0]);
  assert.deepEqual(bounds({ type: "MultiLineString", coordinates: [[[0, 1], [2, 3]], [[-1, 0], [0, 0]]] }), [-1, 0, 2, 3]);
  assert.deepEqual([POINT, { type: "LineString", coordinates: [[0, 0], [1, 1]] }, horseshoe].map(dimension), [0, 1, 2]);
});

test("texts are filled once: a value is never filled in again", () => {
  speak("zh");
  assert.equal(t("{a}和{b}", { a: "{b}", b: "乙" }), "{b}和乙");
  assert.equal(t("没有{x}"), "没有{x}");
});

test("the interface speaks the chosen language, the data the one it has", () => {
  speak("en", { 图层: "Layers" });
  assert.equal(t("图层"), "Layers");
  assert.equal(t("未译"), "未译");
  assert.equal(t("toString"), "toString");
  assert.equal(pick({ zh: "路", en: "Road" }), "Road");
  assert.equal(pick({ zh: "路" }), "路");
  assert.equal(pickOther({ zh: "路", en: "Road" }), "路");
  assert.equal(addressLang(), "en");
  speak("en", {}, "en");
  assert.equal(addressLang(), null);
  speak("zh");
});
