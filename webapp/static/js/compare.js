/**
 * The map of a comparison: two maps of two versions, one over the other, beside each other, or the newer
 * alone with what has changed. Words, figures and colours stand in the page; here they are put on the map.
 */

import { MODES, percent, place, unchanged, written } from "./comparing.js";
import { fetchJson } from "./data.js";
import { byId, el } from "./dom.js";
import { pick, speak, t } from "./i18n.js";
import { shape } from "./marks.js";
import { anchor, bounds, dimension } from "./shapes.js";
import { pathOptions, symbolOf } from "./symbols.js";
import { still } from "./viewer.js";

const QUIET_MS = 150;
const CLOSEST_ZOOM = 17;
const SNAP = 0.25;
const MARGIN_PX = 36;
const MOST_SIGNS = 300;
const MOST_PATHS = 2000;
const POINT_PX = 7;
const CONTEXT_PANE = 250;
const PANES = { "compare-same": 390, "compare-ghost": 395, "compare-changed": 400, "compare-chosen": 410, "compare-signs": 420 };
const CHOSEN = { color: "#ffffff", weight: 9, opacity: 0.95, fill: false, dashArray: null, interactive: false };
const { L } = window;

const section = byId("compare");
const sides = byId("maps");
const range = byId("swipe-at");
const { lang } = document.body.dataset;

async function start() {
  speak(lang, await fetchJson(`/messages/${lang}.json`).catch(() => ({})), "zh");
  section.hidden = false;
  const maps = { before: createMap("map-before"), after: createMap("map-after") };
  const state = { mode: section.dataset.mode, at: percent(section.dataset.at), view: place(section.dataset.view) };
  try {
    await fill(maps, state);
  } catch {
    byId("map-title").after(el("p", { class: "notice notice--warn", role: "alert" }, t("地图数据没有读到，清单和表格不受影响。")));
  }
  section.dataset.ready = "true";
}

function createMap(id) {
  const map = L.map(id, { zoomControl: false, attributionControl: false, zoomSnap: SNAP, zoomAnimation: false, minZoom: 8, maxZoom: 19 });
  L.control.zoom({ position: "topright", zoomInTitle: t("放大"), zoomOutTitle: t("缩小") }).addTo(map);
  L.control.scale({ position: "bottomright", imperial: false, maxWidth: 120 }).addTo(map);
  for (const [name, level] of Object.entries(PANES)) map.createPane(name).style.zIndex = String(level);
  map.getPane("compare-signs").style.pointerEvents = "none";
  return map;
}

async function fill(maps, state) {
  const [catalog, changes, before, after] = await Promise.all([
    fetchJson("/layers"),
    ...[section.dataset.changes, section.dataset.before, section.dataset.after].map(get),
  ]);
  const all = changes.features;
  const drawn = drawAll(maps, all);
  const home = homeOf(drawn, catalog.zone.view);
  const view = createView({ maps, state, home, ghosts: drawn.ghosts });
  drawSame(maps.before, unchanged(before.features, all, "before"));
  drawSame(maps.after, unchanged(after.features, all, "after"));
  const choose = createChoice({ maps, drawn, fit: view.fit });
  for (const [key, layers] of drawn.layers) layers.forEach((layer) => layer.on("click", () => choose(key, { move: false })));
  sentences(choose);
  printing(view);
  await Promise.all(catalog.layers.map((layer) => drawContext(maps, catalog, layer).catch(() => null)));
}

async function get(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** The look of a class, as the style sheet gives it to its sample in the legend. */
function lookOf(name) {
  const sample = section.querySelector(`.change--${name}`) || document.querySelector(`.change--${name}`);
  const look = getComputedStyle(sample);
  return {
    color: look.stroke,
    weight: parseFloat(look.strokeWidth),
    dashArray: look.strokeDasharray === "none" ? null : look.strokeDasharray.replace(/px|,/g, ""),
    fill: look.fill !== "none",
    fillColor: look.fill,
    fillOpacity: Number(look.fillOpacity),
  };
}

function draw(geometry, look, pane, more = {}) {
  const options = { ...look, pane, ...more };
  if (dimension(geometry) > 0) return shape(geometry, { ...options, fill: look.fill && dimension(geometry) === 2 });
  const positions = geometry.type === "MultiPoint" ? geometry.coordinates : [geometry.coordinates];
  return L.featureGroup(positions.map(([lon, lat]) => L.circleMarker([lat, lon], { ...options, radius: POINT_PX })));
}

/** Draw every change: its older shape on the older map, its newer one on the newer. */
function drawAll(maps, features) {
  const looks = new Map();
  const layers = new Map();
  const shapes = new Map();
  const ghosts = L.layerGroup();
  const look = (name) => looks.get(name) || looks.set(name, lookOf(name === "redigitised" ? "same" : name)).get(name);
  for (const { geometry, properties } of features) {
    const { key, side } = properties;
    const own = draw(geometry, look(properties.class), "compare-changed").addTo(maps[side]);
    remember(layers, key, told(own, properties));
    remember(shapes, key, { side, geometry });
    const marked = features.length <= MOST_SIGNS;
    if (marked) sign(properties.class, geometry)?.addTo(maps[side]);
    if (marked && properties.class === "removed") sign("removed", geometry)?.addTo(ghosts);
    if (side === "before") remember(layers, key, told(ghost(geometry, properties.class, look(properties.class)), properties)).addTo(ghosts);
  }
  return { layers, shapes, ghosts };
}

/** The older shape on the newer map: what was removed in full, all else as an outline. */
function ghost(geometry, name, look) {
  if (name === "removed") return draw(geometry, look, "compare-changed");
  return draw(geometry, { ...look, ...outline(lookOf("ghost")) }, "compare-ghost");
}

function outline({ weight, dashArray }) {
  return { weight, dashArray, fill: false };
}

function remember(map, key, value) {
  map.set(key, [...(map.get(key) || []), value]);
  return value;
}

function told(layer, { sentence, schematic }) {
  const words = [pick(sentence), schematic && t("示意")].filter(Boolean).join(t("，"));
  return layer.bindTooltip(el("span", {}, words), { sticky: true, className: "compare__tip" });
}

function sign(name, geometry) {
  const text = document.querySelector(`.sign--${name}`)?.textContent;
  if (!text) return null;
  const [lon, lat] = anchor(geometry);
  const html = el("span", { class: `sign sign--${name}` }, text);
  return L.marker([lat, lon], { pane: "compare-signs", interactive: false, keyboard: false, icon: L.divIcon({ className: "sign-at", html, iconSize: [18, 18] }) });
}

/** Everything that stayed, grey; very many on one canvas, which paper would show without what lies below. */
function drawSame(map, features) {
  const many = features.length > MOST_PATHS && { renderer: L.canvas({ pane: "compare-same" }) };
  const look = { ...lookOf("same"), ...many, interactive: false };
  for (const { geometry } of features) draw(geometry, look, "compare-same", dimension(geometry) ? {} : { radius: 4 }).addTo(map);
}

/** The base map: the layers of the catalog that are no projects, in their own symbols. */
async function drawContext(maps, catalog, layer) {
  if (layer.role === "projects" || !layer.visible || layer.id === section.dataset.layer) return;
  const { features } = await fetchJson(layer.links.features);
  const level = CONTEXT_PANE + catalog.layers.length - catalog.layers.indexOf(layer);
  for (const map of Object.values(maps)) {
    const pane = `context-${layer.id}`;
    map.createPane(pane).style.zIndex = String(level);
    map.getPane(pane).style.pointerEvents = "none";
    const group = L.layerGroup(features.filter((one) => one.geometry).map((one) => context(layer, one, pane)));
    const seen = () => within(map.getZoom(), layer.zoom);
    const update = () => (seen() ? group.addTo(map) : group.remove());
    map.on("zoomend", update);
    update();
  }
}

function within(zoom, [least, most] = [0, 24]) {
  return zoom >= least && zoom <= most;
}

function context(layer, { geometry, properties }, pane) {
  const { symbol } = symbolOf(layer.style, properties);
  const look = pathOptions(layer.style, symbol, { schematic: false, polygon: dimension(geometry) === 2, scale: 0.7 });
  return draw(geometry, look, pane, { interactive: false, ...(dimension(geometry) ? {} : { radius: 4 }) });
}

function together(shapes) {
  return shapes.reduce((all, { geometry }) => {
    const [west, south, east, north] = bounds(geometry);
    return all.extend([[south, west], [north, east]]);
  }, L.latLngBounds([]));
}

function homeOf({ shapes }, [west, south, east, north]) {
  const found = together([...shapes.values()].flat());
  return found.isValid() ? found : L.latLngBounds([south, west], [north, east]);
}

/** Mode, swipe and place of both maps, kept in the address. */
function createView({ maps, state, home, ghosts }) {
  let waiting = 0;
  let busy = false;

  function fit(box, { closest = CLOSEST_ZOOM, margin = MARGIN_PX } = {}) {
    maps.after.fitBounds(box, { padding: [margin, margin], maxZoom: closest, animate: false });
  }

  function follow(leader, follower) {
    leader.on("move", () => {
      if (busy || !state.ready) return;
      busy = true;
      follower.setView(leader.getCenter(), leader.getZoom(), { animate: false });
      busy = false;
    });
    leader.on("moveend", remember);
  }

  function remember() {
    if (!state.ready || section.classList.contains("is-printing")) return;
    const { lat, lng } = maps.after.getCenter();
    state.view = { lat, lon: lng, zoom: Math.round(maps.after.getZoom() * 100) / 100 };
    write();
  }

  function write() {
    if ("keepsAddress" in section.dataset) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const { from, to } = section.dataset;
      history.replaceState(null, "", `?${written(location.search, { from, to, ...state })}`);
    }, QUIET_MS);
  }

  function arrange() {
    section.dataset.mode = state.mode;
    byId("swipe").hidden = state.mode !== "swipe";
    byId("swipe-line").hidden = state.mode !== "swipe";
    sides.style.setProperty("--at", `${state.at}%`);
    range.value = String(state.at);
    range.setAttribute("aria-valuetext", t("旧版本占 {n} %", { n: state.at }));
    if (state.mode === MODES[0]) ghosts.addTo(maps.after);
    else ghosts.remove();
  }

  function resize() {
    const middle = maps.after.getCenter();
    const zoom = maps.after.getZoom();
    busy = true;
    for (const map of Object.values(maps)) map.invalidateSize({ pan: false, animate: false }).setView(middle, zoom, { animate: false });
    busy = false;
  }

  function set(change) {
    const other = change.mode && change.mode !== state.mode;
    Object.assign(state, change);
    arrange();
    if (other) resize();
    write();
  }

  function open() {
    const { view } = state;
    if (view) maps.after.setView([view.lat, view.lon], view.zoom, { animate: false });
    else fit(home);
    maps.before.setView(maps.after.getCenter(), maps.after.getZoom(), { animate: false });
  }

  arrange();
  open();
  follow(maps.after, maps.before);
  follow(maps.before, maps.after);
  state.ready = true;
  for (const radio of section.querySelectorAll("input[name=mode]")) radio.addEventListener("change", () => set({ mode: radio.value }));
  range.addEventListener("input", () => set({ at: percent(range.value) }));
  dragging(byId("swipe-line"), (at) => set({ at }));
  byId("compare-home").addEventListener("click", () => fit(home));
  new ResizeObserver(resize).observe(sides);
  return { fit, resize, map: maps.after };
}

/** The line of the swipe follows the pointer; by keys it is moved with the range above. */
function dragging(line, move) {
  line.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    line.setPointerCapture(event.pointerId);
  });
  line.addEventListener("pointermove", (event) => {
    if (!line.hasPointerCapture(event.pointerId)) return;
    const box = sides.getBoundingClientRect();
    move(percent((100 * (event.clientX - box.left)) / box.width));
  });
}

/** One change is chosen: ringed on both maps, marked in the list, and shown whole. */
function createChoice({ maps, drawn, fit }) {
  const rings = [];
  return (key, { move = true } = {}) => {
    const shapes = drawn.shapes.get(key) || [];
    rings.splice(0).forEach((ring) => ring.remove());
    for (const { side, geometry } of shapes) {
      const colour = drawn.layers.get(key)[0].options?.color;
      for (const look of [CHOSEN, { ...CHOSEN, color: colour || "#20272b", weight: 5 }]) rings.push(draw(geometry, look, "compare-chosen").addTo(maps[side]));
    }
    if (shapes.length && move) fit(together(shapes));
    for (const link of document.querySelectorAll(".sentence[aria-current]")) link.removeAttribute("aria-current");
    const link = document.querySelector(`.sentence[data-change="${CSS.escape(key)}"]`);
    if (!link) return;
    link.setAttribute("aria-current", "true");
    if (!move) link.scrollIntoView({ block: "nearest", behavior: still() ? "auto" : "smooth" });
    byId("compare-live").textContent = shapes.length ? link.textContent : `${link.textContent} ${t("地图上没有图形")}`;
  };
}

/** A click on a sentence shows its change; without a shape it leads to its row, as without scripts. */
function sentences(choose) {
  for (const link of document.querySelectorAll(".sentence")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      choose(link.dataset.change);
      section.scrollIntoView({ block: "nearest", behavior: still() ? "auto" : "smooth" });
    });
  }
}

/** Paper has another width: the maps are measured again, and show there what they show on the screen. */
function printing({ resize, fit, map }) {
  let kept = null;
  window.addEventListener("beforeprint", () => {
    kept = { middle: map.getCenter(), zoom: map.getZoom(), bounds: map.getBounds() };
    section.classList.add("is-printing");
    resize();
    map.options.zoomSnap = 0;
    fit(kept.bounds, { closest: map.getMaxZoom(), margin: 0 });
  });
  window.addEventListener("afterprint", () => {
    map.options.zoomSnap = SNAP;
    section.classList.remove("is-printing");
    resize();
    if (kept) map.setView(kept.middle, kept.zoom, { animate: false });
  });
}

start();
