/**
 * The legend of a layer, drawn from its style table and counted from its features.
 */

import { el, fill } from "./dom.js";
import { number, pick, t } from "./i18n.js";
import { badgeOf, dashOf, kindOf, sample, symbolOf } from "./symbols.js";

/** So many unclassified features of a large layer are listed. */
const MOST_LISTED = 100;
const NOBODY = Object.freeze({ ids: [], named: async () => [] });

/**
 * @typedef {Object} Entry
 * @property {string} title
 * @property {number} count
 * @property {SVGElement|HTMLElement} mark
 * @property {"symbol"|"badge"|"schematic"|"unclassified"} kind
 * @property {Counted[]} features
 */

/**
 * What a legend counts: a feature or, of a tiled layer, all that are drawn alike, with their number.
 *
 * @typedef {import("./project.js").Project & {count: number|undefined}} Counted
 */

/**
 * The entries of a layer's legend: the symbols in use in the order of the table, what nobody could
 * classify, the badges in use and the mark of shapes that are not exact.
 *
 * @param {Object} layer of `/layers`
 * @param {Counted[]} features
 * @returns {Entry[]}
 */
export function entries(layer, features) {
  return [...symbols(layer, features), ...unclassified(layer, features), ...badges(layer, features), ...schematic(layer, features)];
}

function symbols({ style, geometry }, features) {
  return style.symbols
    .map((symbol) => ({ symbol, having: features.filter((feature) => symbolOf(style, feature.properties).symbol === symbol) }))
    .filter(({ having }) => having.length > 0)
    .map(({ symbol, having }) => ({
      kind: "symbol",
      title: pick(symbol.title),
      count: numberOf(having),
      features: having,
      mark: sample(symbol, kindOf(symbol, geometry), allSchematic(having) ? dashOf(style, symbol, true) : symbol.dash),
    }));
}

function numberOf(features) {
  return features.reduce((sum, { count = 1 }) => sum + count, 0);
}

function allSchematic(features) {
  const located = features.filter((feature) => feature.located);
  return located.length > 0 && located.every((feature) => feature.schematic);
}

function unclassified({ style, geometry }, features) {
  const unknown = features.filter((feature) => !symbolOf(style, feature.properties).known);
  if (!unknown.length) return [];
  const mark = sample(style.unclassified, kindOf({ ...style.unclassified, radius: null, shape: null }, geometry));
  return [{ kind: "unclassified", title: t("未分类"), count: numberOf(unknown), features: unknown, mark }];
}

function badges({ style }, features) {
  return style.badges
    .map((badge) => ({ badge, having: features.filter((feature) => badgeOf(style, feature.properties) === badge) }))
    .filter(({ having }) => having.length > 0)
    .map(({ badge, having }) => ({
      kind: "badge",
      title: pick(badge.title),
      count: numberOf(having),
      features: having,
      mark: badgeMark(badge),
    }));
}

function schematic({ style, geometry }, features) {
  const drawn = features.filter((feature) => feature.schematic && feature.located);
  if (!drawn.length) return [];
  const line = { stroke: "#5b6168", width: 2, fill: null };
  const dimension = geometry.every((kind) => kind === "Point") ? 0 : 1;
  return [{ kind: "schematic", title: t("示意：位置或范围非实测"), count: numberOf(drawn), features: drawn, mark: sample(line, dimension, style.schematic.dash) }];
}

/** A badge as it stands on the map. */
export function badgeMark(badge) {
  return el("span", { class: "badge", "aria-hidden": "true" }, pick(badge.mark));
}

/**
 * The legend as a list; the magenta row opens to the features that nobody could classify.
 *
 * @param {Entry[]} list
 * @param {(id: string) => void} [open] what choosing an unclassified feature does
 * @param {{ids: string[], named: (ids: string[]) => Promise<Object[]>}} [strange] unclassified features
 *   that are not here themselves, and how they are fetched
 */
export function legendList(list, open, strange = NOBODY) {
  const plain = list.filter((entry) => entry.kind !== "badge");
  const marks = list.filter((entry) => entry.kind === "badge");
  return el(
    "ul",
    { class: "legend" },
    plain.map((entry) => (entry.kind === "unclassified" && open && listed(entry, strange).length ? unclassifiedRow(entry, strange, open) : row(entry))),
    marks.length > 0 && el("li", { class: "legend__badges" }, marks.map(badgeItem)),
  );
}

/** What is drawn, as the head of the layer counts it; beside it what has no place. */
function counted({ features }) {
  const located = numberOf(features.filter((feature) => feature.located));
  const rest = numberOf(features) - located;
  return el("span", { class: "legend__count" }, el("span", { class: "legend__located" }, number(located)), rest > 0 && el("span", { class: "legend__unlocated" }, ` + ${t("未定位 {n}", { n: number(rest) })}`));
}

function row(entry) {
  return el(
    "li",
    { class: `legend__row legend__row--${entry.kind}` },
    entry.mark,
    el("span", { class: "legend__title" }, entry.title),
    counted(entry),
  );
}

function badgeItem(entry) {
  return el("span", { class: "legend__badge" }, entry.mark, el("span", {}, entry.title), counted(entry));
}

/** Unclassified features, those of a large layer by the first ids, until they are fetched. */
function listed({ features }, { ids }) {
  return isHere(features) ? features : ids.slice(0, MOST_LISTED).map((id) => ({ id, name: null }));
}

function isHere(features) {
  return features.every((feature) => feature.id);
}

function unclassifiedRow(entry, strange, open) {
  const features = listed(entry, strange);
  const list = el("ul", { class: "legend__list" }, unclassifiedItems(entry, features, open));
  const details = el("details", {}, el("summary", {}, entry.mark, el("span", { class: "legend__title" }, entry.title), counted(entry)), list);
  if (!isHere(entry.features)) details.addEventListener("toggle", () => nameThem(list, entry, { features, strange, open }), { once: true });
  return el("li", { class: "legend__row legend__row--unclassified" }, details);
}

function unclassifiedItems(entry, features, open) {
  const words = ({ id, name }) => (name ? `${id} ${pick(name)}` : id);
  const items = features.map((feature) => el("li", {}, el("button", { type: "button", class: "link", on: { click: () => open(feature.id) } }, words(feature))));
  const rest = numberOf(entry.features) - features.length;
  return rest > 0 ? [...items, el("li", {}, t("还有 {n} 项", { n: number(rest) }))] : items;
}

/** Fetch what a large layer's unclassified features are called; those that do not come keep their ids. */
async function nameThem(list, entry, { features, strange, open }) {
  const come = new Map((await strange.named(features.map(({ id }) => id))).map((feature) => [feature.id, feature]));
  fill(list, unclassifiedItems(entry, features.map((feature) => come.get(feature.id) || feature), open));
}
