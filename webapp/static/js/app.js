/**
 * The map page: reads the catalog, fills Folium's empty layers, and keeps map, panel, card and address
 * telling the same.
 */

import { createCard } from "./card.js";
import { Catalog } from "./catalog.js";
import { createControls } from "./controls.js";
import { DataError, fetchJson, onVersions } from "./data.js";
import { byId, fill } from "./dom.js";
import { createDrawing } from "./drawing.js";
import { admits, tally } from "./filter.js";
import { createFilterPanel } from "./filterpanel.js";
import { addressLang, number, pick, speak, t } from "./i18n.js";
import { createLabels } from "./labels.js";
import { createLayerPanel } from "./layerpanel.js";
import { createListPanel } from "./listpanel.js";
import { createNear } from "./near.js";
import { announce, createProgress, warn } from "./notices.js";
import { createPanel } from "./panel.js";
import { createPointer } from "./pointer.js";
import { createPrint } from "./print.js";
import { Register } from "./project.js";
import { createRoving } from "./roving.js";
import { createRows } from "./rows.js";
import { createRuler, crosshair } from "./ruler.js";
import { createSearchBox } from "./searchbox.js";
import { createSession } from "./session.js";
import { copy, createShare } from "./share.js";
import { START, format, formatForList, formatForStatistics, parse } from "./state.js";
import { createTiled, isTiled } from "./tiled.js";
import { createWanted } from "./wanted.js";
import { createViewer, standing } from "./viewer.js";
import { NO_WHOLES, openWholes } from "./wholes.js";

const { L, huitu } = window;
const { lang, mode } = document.body.dataset;
const inFile = mode === "file";
const NARROW = "(max-width: 46em)";
const MOST_TOLD = 8;
/** Of many thousands of features each is small. */
const CLOSE_TO_GUEST = 17.5;
const LONGEST_TOLD = 200;

async function start() {
  speak(lang, await messages(), usualLang());
  let json;
  try {
    json = await fetchJson(onVersions("/layers", when()));
  } catch (problem) {
    warn("catalog", told(problem, t("图层目录没有读到。")), start);
    return;
  }
  await run(new Catalog(json));
}

/** The versions and the day that the address names; a page on a disk holds its own. */
function when() {
  return inFile ? START : parse(location.search);
}

/** The deployment's language: the one that the link to the other language need not name, or names. */
function usualLang() {
  const link = document.querySelector("[data-lang-link]");
  if (!link) return "zh";
  const other = lang === "zh" ? "en" : "zh";
  return new URL(link.href).searchParams.has("lang") ? lang : other;
}

async function messages() {
  try {
    return await fetchJson(`/messages/${lang}.json`);
  } catch {
    return {};
  }
}

function told(problem, words) {
  const why = problem instanceof DataError && problem.status === 0 ? t("网络不通。") : problem.told || "";
  return [words, why].filter(Boolean).join(" ");
}

async function run(catalog) {
  const { map } = huitu;
  const asked = inFile && location.hash.length > 1 ? location.hash : location.search;
  const register = new Register();
  const session = createSession({ lang: addressLang(), inHash: inFile, settle: (state) => catalog.settle(state) });
  const order = () => catalog.order(session.get());
  const all = () => register.projects(catalog.layers.map((layer) => layer.id));
  let listening = false;
  const passing = () => {
    const criteria = catalog.criteria(session.get());
    return all().filter((project) => admits(project, criteria));
  };

  const large = catalog.layers.filter(isTiled);
  const wholes = inFile ? await openWholes(catalog, large) : NO_WHOLES;
  const tiled = createTiled({ map, layers: large, wholes, failed: tellTiles });
  const rows = createRows({ layers: large, register, met, failed: tellRows });
  const wanted = createWanted({ layers: large, tiled });

  const viewer = createViewer({ map });
  const drawing = createDrawing({ map, groups: huitu.layers, layers: catalog.layers, tiled });
  const pointer = createPointer({ map, drawing, tiled, selected: () => session.get().selected, open: (id) => open(id, { move: false }) });
  const labels = createLabels({ map, drawing, selected: () => session.get().selected, order });
  const roving = createRoving({ map, drawing, order, open: (id) => open(id, { move: false }), reveal: viewer.reveal });
  const near = createNear({ map, layers: large, tiled, drawing, changed });
  const ruler = createRuler({ map, crs: catalog.zone.metric_crs, rest: pointer.rest, announce });
  const home = (options) => viewer.fit(extent(), { closest: 19, ...options });

  const address = (change = {}) => format({ ...session.get(), view: view(map), ...change }, { lang: addressLang() });
  const share = createShare({ session, catalog, address });
  const print = createPrint({ map, catalog, session, labels, passing, drawing, tiled, rows, seen: () => (untouched(session.get()) ? extent() : viewer.seen()) });
  const panel = createPanel({ session, closed: mode === "embed" || window.matchMedia(NARROW).matches });
  const layerPanel = createLayerPanel({ session, catalog, named: rows.these, open, announce });
  const filterPanel = createFilterPanel({ session, catalog });
  const listPanel = createListPanel({ session, catalog, more, open, reset, inFile });
  const card = createCard({ session, catalog, register, open, locate, share: share.open, cite: copy, has, inFile });
  createSearchBox({ session, catalog, register, rows, open, announce });
  createControls({ map, home, measure: () => (ruler.active() ? ruler.stop() : ruler.start("distance")) });
  map.getContainer().append(crosshair());

  /** Whether a feature can be opened: a map that is one file does not hold all of a large layer. */
  function has(id) {
    return !inFile || Boolean(register.get(id)) || wholes.has(id);
  }

  async function open(id, { move = true } = {}) {
    session.set({ selected: id });
    const stood = map.getCenter();
    await rows.meet([id]);
    if (session.get().selected !== id) return;
    const mark = drawing.mark(id);
    // Who has moved the map while the feature was on its way wants to stay there.
    if (mark && move && !map.getCenter().equals(stood)) return;
    if (mark && move) locate(id);
    else if (mark && mark.dimension === 0) viewer.reveal(mark.main.getLatLng());
  }

  function locate(id) {
    const bounds = drawing.boundsOf(id);
    if (bounds) viewer.fit(bounds, drawing.mark(id).guest ? { closest: CLOSE_TO_GUEST } : {});
  }

  /** A feature of a tiled layer came: it can be shown like any other. */
  function met(layer, feature) {
    drawing.meet(layer, register.meet(layer, feature));
    if (session.get().selected === String(feature.id)) update(session.get());
  }

  /** What the map opens on: all drawn projects, or the zone's own view where some lie far out of it. */
  function extent() {
    const parts = drawing.drawn().filter((mark) => mark.layer.role === "projects").map((mark) => drawing.boundsOf(mark.feature.id));
    const zone = toBounds(catalog.zone.view);
    const projects = together(parts);
    return projects.isValid() && map.getBoundsZoom(projects) > map.getBoundsZoom(zone) - 1 ? projects : zone;
  }

  /** Go where the address says: to the open project, or to those that it is about. */
  function show({ selected, ids }) {
    if (selected) locate(selected);
    else if (ids) {
      const parts = ids.map((id) => drawing.boundsOf(id)).filter(Boolean);
      if (parts.length) viewer.fit(together(parts));
    }
  }

  /** Tell the page around a map in a frame; one that listens later finds it on the body. */
  function announce(selected) {
    document.body.dataset.selected = selected || "";
    document.dispatchEvent(new CustomEvent("huitu:selected", { detail: selected }));
  }

  function reset() {
    session.set({ stage: null, years: null, q: "", ids: null, layers: null });
  }

  function update(state, before) {
    if (before && state.view !== before.view && state.view && differs(state.view, view(map))) go(map, state.view);
    if (before && onlyViewChanged(state, before)) return;
    const criteria = catalog.criteria(state);
    const projects = passing();
    const guests = register.guests().filter((project) => admits(project, criteria));
    drawing.arrange(order(), catalog.visible(state), state.opacity);
    drawing.filter(new Set([...projects, ...guests].map((project) => project.id)));
    wanted.update(criteria);
    drawing.select(state.selected);
    panel.update(state);
    layerPanel.update(state);
    count(state, projects);
    if (state.selected) rows.meet([state.selected]);
    card.update(state, { focus: listening });
    if (before && state.selected !== before.selected) announce(state.selected);
    near.update();
    labels.update();
    roving.update();
  }

  /** Tell how many pass; of tiled layers as soon as the server has counted them. */
  function count(state, projects) {
    const { layers } = catalog.criteria(state);
    const more = rows.sum(layers);
    filterPanel.update(state, all(), more);
    listPanel.update(state, projects, rows.pages(layers));
    if (rows.known()) tell(tally(projects), more);
    return rows.look(catalog.criteria(state)).then((changed) => changed && count(session.get(), passing()));
  }

  /** Other features of tiled layers are near: they are named and reached like any other. */
  function changed() {
    labels.update();
    roving.update();
  }

  async function more(layer) {
    await rows.more(layer);
    count(session.get(), passing());
  }

  tools({ share: () => share.open(), print: print.print, reset }, { session, map });
  panel.update(session.get());
  layerPanel.update(session.get());
  const opened = standing(map).then(() => (session.get().view ? go(map, session.get().view) : home({ animate: false })));

  await load(catalog, (layer, features) => {
    register.add(layer, features);
    drawing.add(layer, register.of(layer.id));
    layerPanel.draw(layer, register.of(layer.id));
    update(session.get());
  });
  large.forEach(async (layer) => layerPanel.draw(layer, await rows.legend(layer)));
  await learn(register);
  await opened;
  await rows.meet(named(session.get()));
  tellUnknown(asked, catalog, register);

  update(session.get());
  if (!session.get().view) {
    home({ animate: false });
    show(session.get());
  }
  await count(session.get(), passing());
  listening = true;
  session.subscribe(update);
  map.on("moveend", () => {
    if (!document.body.classList.contains("is-printing")) session.set({ view: view(map) });
  });
  print.check();
  document.body.dataset.ready = "true";
}

/** Fetch the features of all small layers at once; what fails is told, and can be tried again alone. */
async function load(catalog, arrived) {
  const small = catalog.layers.filter((layer) => !isTiled(layer));
  const progress = createProgress(small.length);
  const one = async (layer) => {
    try {
      arrived(layer, await fetchJson(layer.links.features));
    } catch (problem) {
      warn(`layer-${layer.id}`, told(problem, t("图层“{layer}”没有读到，图上和清单里暂缺。", { layer: pick(layer.title) })), () => one(layer));
    }
  };
  await Promise.all(small.map((layer) => one(layer).finally(progress.step)));
}

function tellRows(layer, retry) {
  warn(`rows-${layer.id}`, t("图层“{layer}”的内容没有读到，数目和清单里暂缺。", { layer: pick(layer.title) }), retry);
}

function tellTiles(layer, status, retry) {
  warn(`layer-${layer.id}`, told(new DataError("", status), t("图层“{layer}”有一部分没有读到，图上暂缺。", { layer: pick(layer.title) })), retry);
}

/** Ids that a state names. */
function named({ selected, ids }) {
  return [selected, ...(ids || [])].filter(Boolean);
}

async function learn(register) {
  try {
    register.learn(await fetchJson(onVersions("/search.json", when())));
  } catch {
    warn("search", t("拼音检索暂不可用，仍可用名称和编号检索。"));
  }
}

/** Say what of the address nobody knows; while a layer is missing its features may yet come. */
function tellUnknown(asked, catalog, register) {
  const whole = catalog.layers.every((layer) => isTiled(layer) || register.of(layer.id).length >= layer.counts.features);
  const strange = catalog.unknown(asked, (id) => !whole || Boolean(register.get(id)));
  if (strange.length) warn("address", `${t("地址中有不认识的内容，已忽略：")}${strange.slice(0, MOST_TOLD).join(t("、")).slice(0, LONGEST_TOLD)}`);
}

function tell(here, far) {
  const [located, unlocated, all] = ["located", "unlocated", "all"].map((name) => here[name] + far[name]);
  byId("none").hidden = all > 0;
  fill(byId("tally"), t("地图 {located} 项 · 未定位 {unlocated} 项 · 共 {all} 项", { located: number(located), unlocated: number(unlocated), all: number(all) }));
}

function tools(acts, { session, map }) {
  for (const [name, act] of Object.entries(acts)) {
    for (const node of document.querySelectorAll(`[data-tool="${name}"]`)) node.addEventListener("click", act);
  }
  keepState("[data-lang-link], [data-full-link]", () => format({ ...session.get(), view: view(map) }));
  keepState("[data-current-link]", () => format({ ...session.get(), view: view(map), versions: null, as_of: null }));
  keepState("[data-list-link]", () => formatForList(session.get()));
  keepState("[data-statistics-link]", () => formatForStatistics(session.get()));
}

/** Give links the state of the page in the moment that they are used. */
function keepState(links, query) {
  for (const link of document.querySelectorAll(links)) {
    for (const event of ["pointerdown", "focus", "click"]) {
      link.addEventListener(event, () => {
        link.href = withState(link, query());
      });
    }
  }
}

/** The address of a link with the state of the page, its language kept. */
function withState(link, query) {
  const url = new URL(link.href);
  const wanted = url.searchParams.get("lang");
  const parts = [query, wanted && `lang=${wanted}`].filter(Boolean);
  return `${url.pathname}${parts.length ? `?${parts.join("&")}` : ""}`;
}

/** Whether the map still stands as it opened, with nothing of its own to show. */
function untouched({ view: moved, selected, ids }) {
  return !moved && !selected && !ids;
}

function together(parts) {
  return parts.reduce((all, part) => all.extend(part), L.latLngBounds([]));
}

function toBounds([west, south, east, north]) {
  return L.latLngBounds([south, west], [north, east]);
}

function view(map) {
  const { lat, lng } = map.getCenter();
  return { lat: Number(lat.toFixed(5)), lon: Number(lng.toFixed(5)), zoom: Math.round(map.getZoom() * 100) / 100 };
}

function onlyViewChanged(state, before) {
  return Object.keys(state).every((name) => name === "view" || JSON.stringify(state[name]) === JSON.stringify(before[name]));
}

function differs(a, b) {
  return a.zoom !== b.zoom || Math.abs(a.lat - b.lat) > 1e-4 || Math.abs(a.lon - b.lon) > 1e-4;
}

function go(map, { lat, lon, zoom }) {
  map.setView([lat, lon], zoom, { animate: false });
}

start();
