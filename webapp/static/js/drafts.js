/**
 * A draft: the layer on the map with its features to edit. Every edit is saved as it is made.
 */

import { fetchJson } from "./data.js";
import { button, byId, el, fill } from "./dom.js";
import { createForm } from "./draftform.js";
import { createSaver } from "./draftsaving.js";
import { inserted, isRing, made, middles, moved, nearest, paths, shifted, vertices, without } from "./draftshapes.js";
import { lang, number, pick, speak, t } from "./i18n.js";
import { shape } from "./marks.js";
import { areaM2, crossesItself, formatArea, formatLength, lengthM, perimeterM } from "./measure.js";
import { isSchematic } from "./project.js";
import { crosshair } from "./ruler.js";
import { bounds, dimension } from "./shapes.js";
import { pathOptions, symbolOf } from "./symbols.js";

const SNAP_PX = 12;
/** On a shorter side there is no room for a dot between its vertices; zooming in makes some. */
const ROOM_PX = 32;
const POLL_MS = 5000;
const CHECK_MS = 400;
const MOST_HANDLES = 400;
const CHOSEN = "#1458c7";
const WRONG = "#b3261e";
const { L } = window;

const root = byId("draft");
const open = root.dataset.state === "open";
const records = new Map();
const drawn = new Map();
let map;
let layer;
let metric;
let form;
let saver;
let handles;
let selected = null;
let live = null;
let pen = null;
let last = 0;
let problems = [];
let context = [];
let checking = 0;
let dragging = false;

async function start() {
  speak(document.body.dataset.lang, await fetchJson(`/messages/${document.body.dataset.lang}.json`).catch(() => ({})), "zh");
  const [catalog, state] = await Promise.all([fetchJson("/layers"), get(root.dataset.api)]);
  layer = catalog.layers.find((one) => one.id === root.dataset.layer);
  const plane = window.proj4("EPSG:4326", catalog.zone.metric_crs.proj4);
  metric = { code: catalog.zone.metric_crs.code, forward: (at) => plane.forward([...at]), inverse: (at) => plane.inverse([...at]) };
  map = createMap(catalog.zone.view);
  handles = L.layerGroup().addTo(map);
  form = createForm({ node: byId("draft-form"), fields: layer.fields, required: state.required, metric, open, changed: setField, moved: (at, to) => reshape(moved(geometryOf(), at, to)), dropped: dropVertex });
  saver = createSaver({ url: root.dataset.edits, token: root.dataset.token, revisionOf: (key) => records.get(key)?.revision ?? 0, saved: onSaved, conflict: onConflict, tell });
  take(state);
  tools();
  keys();
  fitAll();
  notes(state.notes);
  check();
  await Promise.all(catalog.layers.map((one) => drawContext(one).catch(() => null)));
  if (open) setInterval(poll, POLL_MS);
  if (open) tell("saved");
  root.dataset.ready = "true";
}

async function get(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/* --- the map ---------------------------------------------------------------------- */

function createMap([west, south, east, north]) {
  const made = L.map("draft-map", { attributionControl: false, zoomSnap: 0.25, zoomAnimation: false, maxZoom: 21, doubleClickZoom: false });
  made.zoomControl.setPosition("topright");
  L.control.scale({ imperial: false }).addTo(made);
  made.createPane("draft-context").style.zIndex = "300";
  made.getPane("draft-context").style.pointerEvents = "none";
  made.fitBounds([[south, west], [north, east]], { animate: false });
  made.on("zoomend", () => handles && !dragging && redrawHandles());
  made.on("click", (event) => pen && add(event.latlng));
  made.on("dblclick", () => pen && finish());
  made.on("mousemove", (event) => pen && pen.positions.length && rubber(event.latlng));
  return made;
}

async function drawContext(one) {
  if (one.id === layer.id) return;
  const { features } = await fetchJson(one.links.features);
  for (const { geometry, properties } of features) {
    if (!geometry) continue;
    context.push(...vertices(geometry).map(({ position }) => position));
    if (dimension(geometry) === 0 || !one.visible) continue;
    const { symbol } = symbolOf(one.style, properties || {});
    const options = pathOptions(one.style, symbol, { schematic: isSchematic(properties || {}), polygon: isRing(geometry), scale: 0.7 });
    shape(geometry, { ...options, opacity: 0.45, fillOpacity: Math.min(options.fillOpacity, 0.15), pane: "draft-context", interactive: false }).addTo(map);
  }
}

function draw(key) {
  drawn.get(key)?.remove();
  drawn.delete(key);
  const geometry = live && key === selected ? live : records.get(key)?.content?.geometry;
  if (!geometry) return;
  const { properties } = records.get(key).content;
  const { symbol } = symbolOf(layer.style, properties);
  const chosen = key === selected;
  const look = pathOptions(layer.style, symbol, { schematic: isSchematic(properties), polygon: isRing(geometry) });
  const options = chosen ? { ...look, color: crossing(geometry) ? WRONG : CHOSEN, weight: Math.max(look.weight, 3) } : look;
  const made = dimension(geometry) ? shape(geometry, options) : L.featureGroup(paths(geometry).flatMap(({ positions }) => positions.map(([lon, lat]) => L.circleMarker([lat, lon], { radius: 8, color: chosen ? CHOSEN : symbol.stroke, fillOpacity: 0.7 }))));
  made.on("click", (event) => {
    if (pen) return;
    L.DomEvent.stopPropagation(event);
    select(key);
  });
  drawn.set(key, made.addTo(map));
}

function fitAll() {
  const boxes = [...records.values()].map((one) => one.content?.geometry).filter(Boolean).map(bounds);
  if (!boxes.length) return;
  map.fitBounds(boxes.map(([west, south, east, north]) => L.latLngBounds([south, west], [north, east])).reduce((all, box) => all.extend(box)), { padding: [24, 24], animate: false });
}

function crossing(geometry) {
  return isRing(geometry) && paths(geometry).some(({ positions }) => positions.length < 600 && crossesItself(positions.map(metric.forward)));
}

/** A position on a vertex that is near on the screen, else the position itself. */
function snapped(latlng, but = []) {
  const own = but.map(String);
  const all = [...records.values()].flatMap((one) => (one.content?.geometry ? vertices(one.content.geometry).map(({ position }) => position) : []));
  const seen = map.getBounds().pad(0.1);
  const places = [...all, ...context].filter(([lon, lat]) => seen.contains([lat, lon]) && !own.includes(String([lon, lat]))).map(([lon, lat]) => ({ ...point(lon, lat), position: [lon, lat] }));
  const at = map.latLngToContainerPoint(latlng);
  return nearest(at, places, SNAP_PX)?.position || [latlng.lng, latlng.lat];
}

function point(lon, lat) {
  const { x, y } = map.latLngToContainerPoint([lat, lon]);
  return { x, y };
}

/* --- vertices ---------------------------------------------------------------------- */

function redrawHandles() {
  handles.clearLayers();
  const geometry = open && !pen && geometryOf();
  if (!geometry) return;
  const all = vertices(geometry);
  if (all.length > MOST_HANDLES) return;
  all.forEach(({ at, position }, place) => handle(position, "vertex", t("第 {n} 个顶点", { n: place + 1 }), at));
  middles(geometry).filter(({ at }) => side(geometry, at) >= ROOM_PX).forEach(({ at, position }) => handle(position, "middle", t("插入顶点"), at));
  if (geometry.type !== "Point") handle(centre(geometry), "whole", t("整体移动"), null);
}

/** How long the side is on the screen into which a vertex would be put. */
function side(geometry, at) {
  const { positions } = paths(geometry).find((one) => one.at.join() === at.slice(0, -1).join());
  const place = at[at.length - 1];
  const [from, to] = [point(...positions[place - 1]), point(...positions[place % positions.length])];
  return Math.hypot(from.x - to.x, from.y - to.y);
}

function centre(geometry) {
  const [west, south, east, north] = bounds(geometry);
  return [(west + east) / 2, (south + north) / 2];
}

function handle([lon, lat], kind, name, at) {
  const size = kind === "whole" ? 28 : 24;
  const marker = L.marker([lat, lon], { draggable: true, keyboard: true, title: name, alt: name, zIndexOffset: { middle: 0, vertex: 1000, whole: 500 }[kind], icon: L.divIcon({ className: `handle handle--${kind}`, html: "", iconSize: [size, size] }) });
  const before = geometryOf();
  const from = [lon, lat];
  const shaped = () => {
    const { lat: north, lng } = marker.getLatLng();
    if (kind === "whole") return shifted(before, [lng - from[0], north - from[1]]);
    const to = snapped(marker.getLatLng(), [from]);
    return kind === "middle" ? inserted(before, at, to) : moved(before, at, to);
  };
  marker.on("dragstart", () => (dragging = true));
  marker.on("drag", () => preview(shaped()));
  marker.on("dragend", () => {
    dragging = false;
    reshape(shaped());
  });
  marker.on("click", () => kind === "middle" && reshape(inserted(before, at, from)));
  marker.on("dblclick", () => kind === "vertex" && dropVertex(at));
  marker.on("keydown", (event) => {
    const { key } = event.originalEvent;
    if (kind === "vertex" && (key === "Delete" || key === "Backspace")) dropVertex(at);
  });
  handles.addLayer(marker);
}

function preview(geometry) {
  live = geometry;
  draw(selected);
  figures(geometry);
}

function dropVertex(at) {
  const left = without(geometryOf(), at);
  if (left) reshape(left);
  else tell("refused", t("不能再少：面至少 3 个顶点，线至少 2 个。"));
}

/* --- edits -------------------------------------------------------------------------- */

const geometryOf = () => records.get(selected)?.content?.geometry || null;

function reshape(geometry) {
  live = null;
  commit(selected, { ...records.get(selected).content, geometry });
}

function setField(name, value) {
  const { content } = records.get(selected);
  commit(selected, { ...content, properties: { ...content.properties, [name]: value } });
}

function commit(key, content) {
  const known = records.get(key) || { key, revision: 0 };
  records.set(key, { ...known, content, edited: true });
  refresh(key);
  saver.put(key, content).then(checkSoon);
}

function remove() {
  if (!selected) return;
  const key = selected;
  select(null);
  commit(key, null);
  tell("saving", t("已删除，可撤销。"));
}

async function undo(kind) {
  const answer = await saver.act({ kind }).catch(() => null);
  if (!answer) return tell("offline");
  if (answer.status !== 200) return undefined;
  onSaved(answer.told.feature, false);
  if (answer.told.feature.content) select(answer.told.feature.key);
  return checkSoon();
}

function take(state) {
  last = state.last;
  state.features.forEach((one) => records.set(one.key, one));
  state.features.forEach((one) => draw(one.key));
  list();
}

function onSaved(feature, newer) {
  const known = records.get(feature.key);
  records.set(feature.key, newer ? { ...known, revision: feature.revision } : feature);
  if (!newer) refresh(feature.key, false);
}

function refresh(key, whole = true) {
  draw(key);
  list();
  if (key !== selected) return;
  if (!records.get(key).content) return select(null);
  if (!dragging) redrawHandles();
  figures(geometryOf());
  if (whole || !form.busy()) showForm();
}

function showForm() {
  const one = records.get(selected);
  const focused = document.activeElement?.id;
  form.show(one || null, problems.filter((problem) => problem.key === selected));
  if (focused) byId(focused)?.focus({ preventScroll: true });
}

function select(key) {
  const before = selected;
  [selected, live] = [key, null];
  if (before) draw(before);
  if (key) draw(key);
  redrawHandles();
  figures(geometryOf());
  form.show(records.get(key) || null, problems.filter((one) => one.key === key));
  list();
}

function focusOn(key) {
  select(key);
  const geometry = geometryOf();
  if (!geometry) return;
  const [west, south, east, north] = bounds(geometry);
  map.fitBounds([[south, west], [north, east]], { padding: [48, 48], maxZoom: 17, animate: false });
}

/* --- two planners ------------------------------------------------------------------- */

async function poll() {
  if (dragging || pen || document.hidden) return;
  const state = await get(`${root.dataset.api}?after=${last}`).catch(() => null);
  if (!state) return;
  if (state.state !== "open") return tell("refused", t("这份草稿已结束，只能查看。"));
  const news = state.features.filter((one) => !saver.pending(one.key) && (records.get(one.key)?.revision ?? 0) < one.revision);
  const busy = news.some((one) => one.key === selected) && form.busy();
  if (busy) return undefined;
  last = state.last;
  for (const one of news) {
    records.set(one.key, one);
    refresh(one.key);
    tell("saved", t("{by} 修改了 {feature}。", { by: one.by, feature: title(one) }));
  }
  notes(state.notes);
  if (news.length) checkSoon();
  return undefined;
}

function onConflict(key, mine, theirs) {
  const node = byId("draft-conflict");
  const decide = (act) => async () => {
    node.hidden = true;
    records.set(key, { ...records.get(key), revision: theirs.revision });
    await act();
    checkSoon();
  };
  const takeTheirs = async () => {
    saver.drop(key);
    const state = await get(root.dataset.api);
    take(state);
    notes(state.notes);
    refresh(key);
  };
  const keepMine = () => saver.insist(key);
  const keepBoth = async () => {
    if (mine) await saver.act({ kind: "note", feature: key, content: mine });
    await takeTheirs();
  };
  fill(
    node,
    el("p", {}, el("strong", {}, t("{by} 在您编辑期间保存了“{feature}”。", { by: theirs.by, feature: title({ key, content: theirs.content || mine }) })), " ", t("两份都不会丢失，请选择：")),
    el("ul", {}, differing(mine, theirs.content)),
    el("p", { class: "actions" }, button(t("用我的"), { class: "button--main", on: { click: decide(keepMine) } }), button(t("用对方的"), { on: { click: decide(takeTheirs) } }), button(t("用对方的，我的留作备注"), { on: { click: decide(keepBoth) } })),
  );
  node.hidden = false;
  node.querySelector("button").focus();
}

function differing(mine, theirs) {
  if (!mine || !theirs) return el("li", {}, mine ? t("对方删除了它。") : t("您删除了它。"));
  const names = Object.keys(layer.fields).filter((name) => JSON.stringify(mine.properties[name] ?? null) !== JSON.stringify(theirs.properties[name] ?? null));
  const rows = names.map((name) => el("li", {}, t("{field}：我的 {mine}，对方的 {theirs}", { field: pick(layer.fields[name].title), mine: mine.properties[name] ?? "—", theirs: theirs.properties[name] ?? "—" })));
  const shapes = JSON.stringify(mine.geometry) !== JSON.stringify(theirs.geometry);
  return [...rows, shapes && el("li", {}, t("图形也不同。"))];
}

function notes(found) {
  const node = byId("draft-notes");
  node.hidden = !found.length;
  if (!found.length) return;
  const use = (one) => () => {
    select(one.feature);
    commit(one.feature, one.content);
  };
  fill(node, el("h2", {}, t("留作备注的版本")), el("ul", {}, found.map((one) => el("li", {}, `${title({ key: one.feature, content: one.content })} · ${one.by} `, open && button(t("改用这一份"), { class: "button--small", on: { click: use(one) } })))));
}

/* --- what is told ------------------------------------------------------------------- */

function tell(state, words) {
  const usual = { saved: t("已保存"), saving: t("正在保存"), offline: t("没有连接，编辑保留在本页，连上后自动保存"), refused: t("没有保存") }[state];
  const node = byId("draft-saved");
  node.dataset.saved = state;
  node.textContent = words ? `${usual} · ${words}` : usual;
}

function figures(geometry) {
  const node = byId("draft-figures");
  if (!geometry) return (node.textContent = "");
  const write = (figure, decimals) => number(figure, decimals);
  const units = lang() === "zh" ? undefined : { m2: "m²", ha: "ha", mu: "mu" };
  const all = paths(geometry);
  const project = metric.forward;
  if (crossing(geometry)) node.textContent = t("图形自相交，没有唯一面积");
  else if (isRing(geometry)) node.textContent = [...formatArea(area(geometry, project), write, units), t("周长 {length}", { length: formatLength(all.reduce((sum, one) => sum + perimeterM(one.positions, project), 0), write) })].join(" · ");
  else if (dimension(geometry) === 1) node.textContent = formatLength(all.reduce((sum, one) => sum + lengthM(one.positions, project), 0), write);
  else node.textContent = all[0].positions[0].map((one) => one.toFixed(6)).join(", ");
  node.dataset.crossing = String(crossing(geometry));
  return undefined;
}

/** Outer rings less their holes: the first ring of each polygon is its outer one. */
function area(geometry, project) {
  return paths(geometry).reduce((sum, { at, positions }) => sum + (at[at.length - 1] ? -1 : 1) * areaM2(positions, project), 0);
}

function title({ key, content }) {
  const { id, name_zh: zh, name_en: en } = content?.properties || {};
  return [id || (key.startsWith("~") ? t("新") : key), pick({ zh: zh || "", en: en || "" })].filter(Boolean).join(" ");
}

function list() {
  const rows = [...records.values()].filter((one) => one.content);
  fill(
    byId("draft-list"),
    rows.map((one) => {
      const own = problems.filter((problem) => problem.key === one.key && problem.severity !== "note");
      return el("li", {}, el("button", { type: "button", class: "draft__item", "aria-current": one.key === selected ? "true" : null, data: { feature: one.key }, on: { click: () => focusOn(one.key) } }, title(one), !one.content.geometry && el("span", { class: "chip" }, t("未定位")), one.edited && el("span", { class: "chip chip--edited" }, t("已改")), own.length > 0 && el("span", { class: "chip chip--wrong" }, t("问题 {n}", { n: own.length }))));
    }),
  );
}

function checkSoon() {
  clearTimeout(checking);
  checking = setTimeout(check, CHECK_MS);
}

async function check() {
  const found = await get(root.dataset.check).catch(() => null);
  if (!found) return;
  problems = found.problems;
  const words = { error: t("错误"), warning: t("提醒"), note: t("说明") };
  const rows = found.problems.map((one) => el("li", { class: `is-${one.severity}` }, el("strong", {}, words[one.severity]), " ", one.key ? el("button", { type: "button", class: "link", on: { click: () => focusOn(one.key) } }, title({ key: one.key, content: records.get(one.key)?.content })) : "", " ", one.message));
  const changes = (found.changes || []).map((one) => el("li", {}, el("span", { class: "chip" }, one.class), " ", one.words));
  fill(byId("draft-check"), rows.length > 0 && el("ul", { class: "draft__problems" }, rows), !rows.length && el("p", {}, t("没有问题。")), found.changes ? (changes.length ? el("ul", { class: "draft__changes" }, changes) : el("p", { class: "muted" }, t("与当前版本没有不同。"))) : el("p", { class: "muted" }, t("改正错误后才能比较。")));
  byId("draft-check").dataset.seen = String(found.seen);
  list();
  if (selected && !form.busy() && !dragging) showForm();
}

/* --- drawing anew ------------------------------------------------------------------- */

function tools() {
  if (!open) return;
  const names = { Point: t("画点"), LineString: t("画线"), Polygon: t("画面") };
  const pens = layer.geometry.map((type) => button(names[type], { class: "button--small", data: { draw: type }, on: { click: () => begin(type) } }));
  const done = button(t("完成"), { class: "button--small", data: { tool: "finish" }, on: { click: finish }, hidden: true });
  fill(byId("draft-tools"), pens, done, button(t("撤销"), { icon: "undo", label: true, class: "button--small", data: { tool: "undo" }, on: { click: () => undo("undo") } }), button(t("重做"), { class: "button--small", data: { tool: "redo" }, on: { click: () => undo("redo") } }), button(t("删除要素"), { icon: "trash", label: true, class: "button--small", data: { tool: "remove" }, on: { click: remove } }));
  byId("draft-map").append(crosshair());
}

function begin(type) {
  stop();
  select(null);
  pen = { type, positions: [], line: L.polyline([], { color: CHOSEN, weight: 3, interactive: false }).addTo(map), dots: L.layerGroup().addTo(map) };
  byId("draft").classList.add("is-drawing");
  // Leaflet glides, and hears no key meanwhile: a corner would be set on the way.
  map.keyboard.disable();
  byId("draft-tools").querySelector('[data-tool="finish"]').hidden = type === "Point";
  tell("saved", t("点击地图添加顶点，双击或按回车完成，退格撤销一点，Esc 取消；键盘用方向键移动地图，空格在中心添加。"));
  map.getContainer().focus({ preventScroll: true });
}

function add(latlng) {
  const position = snapped(latlng);
  const before = pen.positions[pen.positions.length - 1];
  if (before && Math.hypot(point(...before).x - point(...position).x, point(...before).y - point(...position).y) < 4) return undefined;
  pen.positions.push(position);
  L.circleMarker([position[1], position[0]], { radius: 5, color: CHOSEN, fillColor: "#fff", fillOpacity: 1, interactive: false }).addTo(pen.dots);
  if (pen.type === "Point") return finish();
  return rubber(null);
}

function rubber(latlng) {
  const line = latlng ? [...pen.positions, snapped(latlng)] : pen.positions;
  const geometry = made(pen.type, line);
  pen.line.setLatLngs((geometry && pen.type === "Polygon" ? geometry.coordinates[0] : line).map(([lon, lat]) => [lat, lon]));
  pen.line.setStyle({ color: geometry && crossing(geometry) ? WRONG : CHOSEN });
  if (geometry) figures(geometry);
}

function finish() {
  const geometry = pen && made(pen.type, pen.positions);
  if (!geometry) return;
  stop();
  const key = `~${crypto.getRandomValues(new Uint32Array(2)).join("")}`;
  const properties = Object.fromEntries(Object.entries(layer.fields).map(([name, field]) => [name, field.type === "list" ? [] : null]));
  if ("geometry_quality" in properties) properties.geometry_quality = "schematic";
  commit(key, { properties, geometry });
  select(key);
}

function stop() {
  if (!pen) return;
  pen.line.remove();
  pen.dots.remove();
  pen = null;
  map.keyboard.enable();
  byId("draft").classList.remove("is-drawing");
  byId("draft-tools").querySelector('[data-tool="finish"]').hidden = true;
  tell("saved");
}

/** One press of an arrow while drawing, in pixels. */
const STEP = 80;
const step = (x, y) => () => map.panBy([x * STEP, y * STEP], { animate: false });
const STEPS = { ArrowLeft: step(-1, 0), ArrowRight: step(1, 0), ArrowUp: step(0, -1), ArrowDown: step(0, 1) };

function keys() {
  if (!open) return;
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !typing) {
      event.preventDefault();
      undo(event.shiftKey ? "redo" : "undo");
    }
    if (!pen || typing) return;
    const acts = { Escape: stop, Enter: finish, " ": () => add(map.getCenter()), Backspace: back, ...STEPS };
    if (!acts[event.key] || event.target.closest("button, a")) return;
    event.preventDefault();
    acts[event.key]();
  });
}

function back() {
  pen.positions.pop();
  pen.dots.removeLayer(pen.dots.getLayers().pop());
  rubber(null);
}

start();
