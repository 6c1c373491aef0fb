/**
 * The address is the state. Pure: text in, frozen state out, and back.
 *
 * Nothing here knows which layers or stages exist; {@link settle} drops what a catalog has not.
 */

/**
 * @typedef {Object} State
 * @property {string[]|null} layers ids of visible layers, topmost first; null: as the catalog has it
 * @property {Object<string, number>} opacity percent by layer id; 100 where it is not given
 * @property {string[]|null} stage wanted stages; null: all (an empty choice is no choice)
 * @property {[number, number]|null} years first and last year, both included; null: all
 * @property {string} q words that a project must be found by
 * @property {string[]|null} ids only these projects; null: all
 * @property {string|null} selected id of the feature whose card is open
 * @property {{lat: number, lon: number, zoom: number}|null} view null: the zone's own view
 * @property {string|null} versions what is shown instead of the current versions: `roads:7e68e1bf6200,…`
 * @property {string|null} as_of the day whose versions are shown: `2026-11-23`
 * @property {string|null} panel open tab: `layers`, `filter`, `list`, or `none`
 */

/** The state of an address without parameters. */
export const START = Object.freeze({
  layers: null,
  opacity: Object.freeze({}),
  stage: null,
  years: null,
  q: "",
  ids: null,
  selected: null,
  view: null,
  panel: null,
  versions: null,
  as_of: null,
});

/** Tabs of the panel, and `none` for a closed panel. */
export const PANELS = Object.freeze(["layers", "filter", "list", "none"]);

const ID = /^[A-Za-z][\w-]{0,63}$/;
const VERSIONS = /^[a-z][a-z0-9_]*:[0-9a-f]{12}(,[a-z][a-z0-9_]*:[0-9a-f]{12})*$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOST = 200;
const LONGEST_QUERY = 100;
const CONTROLS = /\p{Cc}+/gu;

/**
 * Read a query string as the server does (`webapp.params`); what cannot be read is as if it were not
 * there.
 *
 * @param {string} query with or without `?` or `#`
 * @returns {State}
 */
export function parse(query) {
  const given = new URLSearchParams(query.replace(/^[?#]/, ""));
  return Object.freeze({
    layers: ids(given.getAll("layers")),
    opacity: opacities(given.get("opacity")),
    stage: ids(given.getAll("stage")),
    years: years(given.getAll("years").filter(Boolean).join("-")),
    q: words(given.get("q") || ""),
    ids: chosen(ids(given.getAll("ids"))),
    selected: ID.test(given.get("selected") || "") ? given.get("selected") : null,
    view: view(given.get("view")),
    panel: PANELS.includes(given.get("panel")) ? given.get("panel") : null,
    versions: VERSIONS.test(given.get("versions") || "") ? given.get("versions") : null,
    as_of: DAY.test(given.get("as_of") || "") ? given.get("as_of") : null,
  });
}

/** Between commas or one by one; an empty parameter is a choice of none. */
function ids(values) {
  if (values.length === 1 && values[0] === "") return [];
  const given = values.flatMap((value) => value.split(",")).map((id) => id.trim());
  const kept = [...new Set(given.filter((id) => ID.test(id)))].slice(0, MOST);
  return kept.length ? kept : null;
}

/** No project at all is no choice. */
function chosen(list) {
  return list && list.length ? list : null;
}

function words(text) {
  const line = text.replace(CONTROLS, " ").trim();
  return [...line].length > LONGEST_QUERY ? "" : line;
}

function opacities(text) {
  const pairs = (text || "").split(",").map((part) => part.split(":"));
  const read = pairs.filter(([id, percent]) => ID.test(id) && /^\d{1,3}$/.test(percent || "") && Number(percent) <= 100);
  return Object.freeze(Object.fromEntries(read.map(([id, percent]) => [id, Number(percent)])));
}

function years(text) {
  const found = /^(\d{4})(?:-(\d{4}))?$/.exec(text || "");
  if (!found) return null;
  return [found[1], found[2] || found[1]].map(Number).sort();
}

function view(text) {
  const parts = (text || "").split(",");
  if (parts.length !== 3 || parts.some((part) => !/^-?\d{1,3}(\.\d{1,9})?$/.test(part))) return null;
  const [lat, lon, zoom] = parts.map(Number);
  if (Math.abs(lat) > 85 || Math.abs(lon) > 180 || zoom < 0 || zoom > 24) return null;
  return Object.freeze({ lat, lon, zoom });
}

/**
 * Write a state as a query string, without `?`; the state of {@link START} is empty.
 *
 * @param {State} state
 * @param {{lang?: string|null}} [extra] the language, where the address must name it
 */
export function format(state, extra = {}) {
  const parts = [
    state.layers && ["layers", state.layers.join(",")],
    Object.keys(state.opacity).length && ["opacity", formatOpacity(state.opacity)],
    state.stage && ["stage", state.stage.join(",")],
    state.years && ["years", state.years.join("-")],
    state.q && ["q", state.q],
    state.ids && ["ids", state.ids.join(",")],
    state.selected && ["selected", state.selected],
    state.view && ["view", formatView(state.view)],
    state.panel && ["panel", state.panel],
    state.versions && ["versions", state.versions],
    state.as_of && ["as_of", state.as_of],
    extra.lang && ["lang", extra.lang],
  ];
  return parts
    .filter(Boolean)
    .map(([name, value]) => `${name}=${readable(value)}`)
    .join("&");
}

function readable(value) {
  return encodeURIComponent(value).replace(/%2C/g, ",").replace(/%3A/g, ":");
}

function formatOpacity(opacity) {
  return Object.entries(opacity)
    .map(([id, percent]) => `${id}:${percent}`)
    .join(",");
}

function formatView({ lat, lon, zoom }) {
  return [lat.toFixed(5), lon.toFixed(5), String(Math.round(zoom * 100) / 100)].join(",");
}

/**
 * Drop what a deployment does not have, and write what is the same as its start as such.
 *
 * @param {State} state
 * @param {{layers: {id: string, visible: boolean}[], stages: string[], years: [number, number]}} known
 * @returns {State}
 */
export function settle(state, known) {
  return Object.freeze({
    ...state,
    layers: settleLayers(state.layers, known.layers),
    opacity: settleOpacity(state.opacity, known.layers),
    stage: settleStages(state.stage, known.stages),
    years: settleYears(state.years, known.years),
  });
}

function settleLayers(wanted, layers) {
  if (wanted === null) return null;
  const all = layers.map((layer) => layer.id);
  const kept = wanted.filter((id) => all.includes(id));
  if (wanted.length && !kept.length) return null;
  const start = visibleLayers(START, layers);
  return same(kept, start) ? null : kept;
}

function settleOpacity(opacity, layers) {
  const all = new Set(layers.map((layer) => layer.id));
  const kept = Object.entries(opacity).filter(([id, percent]) => all.has(id) && percent < 100);
  return Object.freeze(Object.fromEntries(kept));
}

function settleStages(wanted, stages) {
  if (wanted === null) return null;
  const kept = stages.filter((stage) => wanted.includes(stage));
  return kept.length === stages.length || kept.length === 0 ? null : kept;
}

function settleYears(wanted, [first, last]) {
  if (wanted === null) return null;
  const [from, to] = wanted;
  if (from < first || to > last) return null;
  return from === first && to === last ? null : [from, to];
}

function same(left, right) {
  return left.length === right.length && left.every((value, place) => value === right[place]);
}

/** Layers as they lie at the start: the base map below all projects, else as the catalog has them. */
function stacked(layers) {
  return [...layers].sort((a, b) => Number(a.role === "context") - Number(b.role === "context"));
}

/**
 * The order in which layers are drawn, topmost first: the visible ones as the state has them, each
 * hidden one kept after its neighbour of the start.
 *
 * @param {State} state
 * @param {{id: string, visible: boolean, role?: string}[]} layers of the catalog, topmost first
 * @returns {string[]}
 */
export function drawingOrder(state, layers) {
  const all = stacked(layers).map((layer) => layer.id);
  if (state.layers === null) return all;
  const order = [...state.layers];
  all.forEach((id, place) => {
    if (order.includes(id)) return;
    const before = all.slice(0, place).reverse().find((other) => order.includes(other));
    order.splice(before ? order.indexOf(before) + 1 : 0, 0, id);
  });
  return order;
}

/** Ids of the visible layers of a state, topmost first. */
export function visibleLayers(state, layers) {
  return state.layers ?? stacked(layers).filter((layer) => layer.visible).map((layer) => layer.id);
}

/**
 * The parameters that the list page shares with the map.
 *
 * @param {State} state
 * @param {{lang?: string|null}} [extra]
 */
export function formatForList(state, extra = {}) {
  return format({ ...START, layers: state.layers, stage: state.stage, years: state.years, q: state.q, ids: state.ids }, extra);
}

/**
 * The parameters that the statistics share with the map: those of the list, on the same versions.
 *
 * @param {State} state
 */
export function formatForStatistics({ layers, stage, years, q, versions, as_of }) {
  return format({ ...START, layers, stage, years, q, versions, as_of });
}

/**
 * The parts of an address that a deployment does not have or that cannot be read, as they were written.
 *
 * @param {string} query
 * @param {{layers: {id: string}[], stages: string[], years: [number, number], has: (id: string) => boolean}} known
 *   `has`: whether a feature of this id is there
 * @returns {string[]} such as `layers=nope`
 */
export function unknown(query, known) {
  const given = new URLSearchParams(query.replace(/^[?#]/, ""));
  const read = parse(query);
  const layers = new Set(known.layers.map((layer) => layer.id));
  const strange = (name, is) => listed(given.getAll(name)).filter((value) => !is(value)).map((value) => `${name}=${value}`);
  const unread = (name, kept) => (given.get(name) && !kept ? [`${name}=${given.get(name)}`] : []);
  return [
    ...strange("layers", (id) => layers.has(id)),
    ...strange("opacity", (pair) => layers.has(pair.split(":")[0]) && pair.split(":")[0] in read.opacity),
    ...strange("stage", (stage) => known.stages.includes(stage)),
    ...unread("years", settleYears(read.years, known.years) || same(read.years || [], known.years)),
    ...strange("ids", known.has),
    ...unread("selected", read.selected && known.has(read.selected)),
    ...unread("view", read.view),
    ...unread("panel", read.panel),
  ];
}

function listed(values) {
  return values.flatMap((value) => value.split(",")).map((value) => value.trim()).filter(Boolean);
}
