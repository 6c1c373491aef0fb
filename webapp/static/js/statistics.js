/**
 * What a page of figures gains by a script: a boundary read from a file or drawn on the map beside it,
 * and the shapes of an analysis on that map. Without it the form takes GeoJSON as text.
 */

import { fetchJson } from "./data.js";
import { el, fill } from "./dom.js";
import { pick, speak, t } from "./i18n.js";
import { ringOf, vertices } from "./boundary.js";

const READY = '[data-ready="true"]';
const LOOK_MS = 100;
const MOVED_PX = 5;
const BOUNDARY = Object.freeze({ color: "#1458c7", weight: 3, dashArray: "8 5", fillOpacity: 0.06, interactive: false });
const SHAPE = Object.freeze({ color: "#c2185b", opacity: 0.85, fillColor: "#c2185b", fillOpacity: 0.1, interactive: false });
const SHEET_PX = 120;
const MOST_FILE_BYTES = 4_000_000;

const form = document.getElementById("ask");
const field = document.getElementById("boundary");
const frame = document.querySelector("iframe.minimap--answer");

async function start() {
  const { lang } = document.body.dataset;
  speak(lang, await fetchJson(`/messages/${lang}.json`).catch(() => ({})), "zh");
  if (form) form.addEventListener("submit", send);
  if (field) tools();
  if (!frame) return;
  const map = await mapOf(frame);
  tellRows(map);
  await show(map);
}

/** Say which rows a feature of the map is counted in, and mark them, when it is chosen there. */
function tellRows({ inside }) {
  const place = document.getElementById("rows-of");
  if (!place || !frame.dataset.rows) return;
  let table = null;
  const tell = async (id) => {
    table ||= fetchRows(frame.dataset.rows);
    const rows = id ? (await table).filter((row) => row.ids.includes(id)) : [];
    mark(rows.map((row) => row.row));
    if (!id) fill(place);
    else if (!rows.length) fill(place, t("{id} 不在本表的任何一行。", { id }));
    else fill(place, t("{id} 所在的行：", { id }), rows.flatMap((row, number) => [number ? t("、") : "", toRow(row)]));
  };
  inside.document.addEventListener("huitu:selected", ({ detail: id }) => tell(id));
  const { selected } = inside.document.body.dataset;
  if (selected) tell(selected);
}

async function fetchRows(address) {
  const answer = await fetch(address);
  return answer.ok ? (await answer.json()).rows : [];
}

function toRow({ row, key }) {
  const url = new URL(location.href);
  url.searchParams.set("row", row);
  url.hash = "table";
  return el("a", { href: `${url.pathname}${url.search}${url.hash}` }, key.map(({ label }) => pick(label)).join(" · "));
}

function mark(slugs) {
  for (const row of document.querySelectorAll("[data-row]")) row.classList.toggle("is-met", slugs.includes(row.dataset.row));
}

/** A boundary that does not fit into an address is posted. */
function send() {
  const long = field && new TextEncoder().encode(field.value).length > 3000;
  form.method = long ? "post" : "get";
}

/** The map inside the frame, once it is drawn. */
function mapOf(of) {
  return new Promise((resolve) => {
    const look = () => {
      const inside = of.contentWindow;
      if (inside?.huitu && inside.document.querySelector(READY)) resolve({ map: inside.huitu.map, L: inside.L, inside });
      else setTimeout(look, LOOK_MS);
    };
    look();
  });
}

/** Draw the boundary of the question and the shapes of the analysis. */
async function show({ map, L }) {
  const given = read(field?.value || "");
  if (given) L.geoJSON(given, { style: () => BOUNDARY, interactive: false }).addTo(map);
  const { overlay } = frame.dataset;
  if (!overlay) return;
  const shapes = await fetchShapes(overlay);
  const drawn = L.geoJSON(shapes, {
    style: ({ geometry }) => ({ ...SHAPE, weight: geometry?.type.endsWith("Polygon") ? 1.5 : 4 }),
    interactive: false,
    pointToLayer: (_, place) => L.circleMarker(place, { ...SHAPE, radius: 4 }),
  }).addTo(map);
  if (drawn.getBounds().isValid()) map.fitBounds(drawn.getBounds(), { paddingBottomRight: [0, SHEET_PX], animate: false });
  frame.dataset.shown = String(shapes.features.length);
}

async function fetchShapes(address) {
  const answer = await fetch(address);
  return answer.ok ? answer.json() : { type: "FeatureCollection", features: [] };
}

function read(text) {
  try {
    return text.trim() ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

function tools() {
  const box = document.getElementById("boundary-tools");
  const draw = box.querySelector("[data-draw]");
  box.hidden = false;
  draw.hidden = !frame;
  document.getElementById("boundary-file").addEventListener("change", (event) => take(event.target));
  box.querySelector("[data-drop]").addEventListener("click", () => put("", t("边界已清除，点“统计”生效。")));
  draw.addEventListener("click", async () => pen(await mapOf(frame), draw));
}

async function take(input) {
  const [file] = input.files;
  if (!file) return;
  if (file.size > MOST_FILE_BYTES) {
    tell(t("文件超过 4 MB，请先简化边界。"));
    return;
  }
  const text = await file.text();
  const value = read(text);
  if (value) put(JSON.stringify(value), t("已读取 {name}，点“统计”生效。", { name: file.name }));
  else tell(t("{name} 不是 GeoJSON。", { name: file.name }));
  input.value = "";
}

function put(text, words) {
  field.value = text;
  tell(words);
}

function tell(words) {
  document.getElementById("boundary-told").textContent = words;
}

/** Points set one by one on the map; a click on the first, or the button, closes the ring. */
function pen({ map, L, inside }, button) {
  if (button.getAttribute("aria-pressed") === "true") return;
  const points = [];
  const line = L.polyline([], { ...BOUNDARY, dashArray: null }).addTo(map);
  const dots = L.layerGroup().addTo(map);
  const container = map.getContainer();
  let down = null;
  mark(true);
  tell(t("在地图上逐点点击，点回第一点闭合；Esc 取消。"));
  frame.scrollIntoView({ block: "center" });
  container.focus({ preventScroll: true });

  const pressed = (event) => {
    down = [event.clientX, event.clientY];
  };
  const clicked = (event) => {
    if (!container.contains(event.target) || event.target.closest(".leaflet-control")) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    if (event.type !== "click" || !down || Math.hypot(event.clientX - down[0], event.clientY - down[1]) > MOVED_PX) return;
    const first = points.length > 2 && map.latLngToContainerPoint(points[0]);
    const at = map.mouseEventToContainerPoint(event);
    if (first && first.distanceTo(at) < 12) finish();
    else add(map.containerPointToLatLng(at));
  };
  const typed = (event) => {
    if (event.key === "Escape") stop(t("没有画边界。"));
  };

  function add(place) {
    points.push(place);
    line.setLatLngs(points);
    L.circleMarker(place, { ...BOUNDARY, dashArray: null, radius: points.length === 1 ? 7 : 4, fillOpacity: 1, fillColor: "#fff" }).addTo(dots);
  }

  function finish() {
    const ring = ringOf(points.map(({ lat, lng }) => [lng, lat]));
    line.remove();
    L.geoJSON(ring, { style: () => BOUNDARY, interactive: false }).addTo(map);
    put(JSON.stringify(ring), t("已画 {n} 个顶点，点“统计”生效。", { n: vertices(ring) }));
    stop();
    form.querySelector("button[type=submit]").focus();
  }

  function stop(words) {
    for (const [name, act] of Object.entries(listeners)) inside.document.removeEventListener(name, act, true);
    document.removeEventListener("keydown", typed);
    dots.remove();
    line.remove();
    mark(false);
    if (words) tell(words);
  }

  function mark(on) {
    button.setAttribute("aria-pressed", String(on));
    frame.classList.toggle("is-drawing", on);
    container.style.cursor = on ? "crosshair" : "";
  }

  const listeners = { pointerdown: pressed, click: clicked, dblclick: clicked, keydown: typed };
  for (const [name, act] of Object.entries(listeners)) inside.document.addEventListener(name, act, true);
  document.addEventListener("keydown", typed);
}

start();
