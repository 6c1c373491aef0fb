/**
 * The layers on the map: filled once, then shown, ordered, faded and filtered. Of a tiled layer only
 * the features that somebody asked for have marks; the rest is drawn by `tiled.js`.
 */

import { createMark, shape } from "./marks.js";
import { toProject } from "./project.js";
import { bounds } from "./shapes.js";
import { DEFAULT_RADIUS, pathOptions, scaleAt, symbolOf } from "./symbols.js";

const BADGES_FROM_ZOOM = 13;
const LOWEST_PANE = 300;
const PANES = { "huitu-mask": 250, "huitu-selected": 560, "huitu-badges": 570, "huitu-labels": 580, "huitu-ruler": 610 };
const MASK = { color: "#e6dfd0", opacity: 0.72 };
const WORLD = [[-85, -180], [-85, 180], [85, 180], [85, -180]];
const HOVER_PX = 2;
const RING = [
  { color: "#ffffff", weight: 9, opacity: 0.95 },
  { color: "#0c5f5a", weight: 5, opacity: 0.9 },
];
const { L } = window;

/**
 * @param {Object} options
 * @param {Object} options.map Leaflet's map
 * @param {Object<string, Object>} options.groups an empty Leaflet group for each layer, made by Folium
 * @param {Object[]} options.layers of `/layers`
 * @param {Object} options.tiled the layers that are made of tiles
 */
export function createDrawing({ map, groups: made, layers, tiled }) {
  const groups = { ...made, ...tiled.groups };
  const marks = new Map();
  const guests = new Map();
  const near = new Map();
  const shown = new Set();
  const ring = L.layerGroup([], { pane: "huitu-selected" });
  const halo = L.layerGroup([], { pane: "huitu-selected" });
  let admitted = null;
  let hovered = null;
  let selected = null;
  let drawnAt = 1;

  for (const [name, level] of Object.entries(PANES)) pane(map, name).style.zIndex = String(level);
  for (const name of ["huitu-mask", "huitu-selected", "huitu-badges", "huitu-labels"]) pane(map, name).style.pointerEvents = "none";
  for (const layer of layers) pane(map, `huitu-${layer.id}`);
  ring.addTo(map);
  halo.addTo(map);
  map.on("zoomend", refresh);

  function passes(mark) {
    return shown.has(mark.layer.id) && inZoom(mark.layer) && (mark.layer.role !== "projects" || admitted === null || admitted.has(mark.feature.id));
  }

  function inZoom(layer) {
    const [least, most] = layer.zoom || [0, 24];
    return map.getZoom() >= least && map.getZoom() <= most;
  }

  function rescale() {
    const scale = scaleAt(map.getZoom());
    if (scale === drawnAt) return;
    drawnAt = scale;
    map.getContainer().style.setProperty("--mark-scale", String(scale));
    for (const mark of marks.values()) if (mark.dimension) mark.main.setStyle(optionsOf(mark, scale));
  }

  function markOf(id) {
    return marks.get(id) || guests.get(id) || near.get(id);
  }

  /** Let go of the marks of a tiled layer's features, and make those of the features that are near now. */
  function approach(layer, features) {
    const focused = document.activeElement?.closest(".leaflet-pane")?.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    for (const [id, mark] of near) if (mark.layer === layer && near.delete(id)) [...mark.parts, mark.badge].filter(Boolean).forEach((part) => part.remove());
    const made = features.map((feature) => createMark(layer, toProject(layer.id, feature), { pane: `huitu-${layer.id}`, unseen: true }));
    for (const mark of largestFirst(made)) {
      near.set(mark.feature.id, { ...mark, tiled: true });
      mark.parts.forEach((part) => part.addTo(map));
      if (mark.badge && map.getZoom() >= BADGES_FROM_ZOOM) mark.badge.addTo(map);
    }
    if (near.has(focused) && document.activeElement === document.body) near.get(focused).main.getElement().focus({ preventScroll: true });
  }

  function refresh() {
    rescale();
    const badges = map.getZoom() >= BADGES_FROM_ZOOM;
    for (const mark of marks.values()) {
      const wanted = passes(mark);
      mark.parts.forEach((part) => toggle(groups[mark.layer.id], part, wanted));
      if (mark.badge) toggle(map, mark.badge, wanted && badges);
    }
    drawRing();
  }

  function add(layer, features) {
    const located = features.filter((feature) => feature.located);
    for (const feature of largestFirst(located.map((one) => createMark(layer, one, { pane: `huitu-${layer.id}` })))) {
      marks.set(feature.feature.id, feature);
    }
    drawnAt = 1;
    if (layer.id === "outline") drawMask(map, located);
    refresh();
  }

  function arrange(order, visible, opacity) {
    order.forEach((id, place) => {
      pane(map, `huitu-${id}`).style.zIndex = String(LOWEST_PANE + order.length - place);
      pane(map, `huitu-${id}`).style.opacity = String((opacity[id] ?? 100) / 100);
      toggle(map, groups[id], visible.includes(id));
    });
    shown.clear();
    visible.forEach((id) => shown.add(id));
    refresh();
  }

  function drawRing() {
    ring.clearLayers();
    const mark = selected && markOf(selected);
    for (const one of marks.values()) if (one.dimension === 0) markPoint(one, one === mark);
    if (!mark || !passes(mark) || (mark.dimension === 0 && marks.has(selected))) return;
    ringOf(mark, drawnAt).forEach((part) => ring.addLayer(part));
  }

  function markPoint(mark, on) {
    const node = mark.main.getElement && mark.main.getElement();
    if (node) node.classList.toggle("is-selected", on);
  }

  function hover(mark) {
    if (mark?.feature.id === hovered?.feature.id) return;
    if (hovered && !hovered.tiled) swell(hovered, 0, drawnAt);
    halo.clearLayers();
    hovered = mark;
    if (mark?.tiled) drawHalo(mark);
    else if (mark) swell(mark, HOVER_PX, drawnAt);
  }

  /** A tiled feature swells by a line over its tiles. */
  async function drawHalo(mark) {
    const lines = await tiled.outline(mark);
    if (hovered !== mark || !lines.length) return;
    const own = optionsOf(mark, drawnAt);
    const base = { pane: "huitu-selected", interactive: false, fill: false, color: own.color, opacity: own.opacity };
    if (mark.dimension) halo.addLayer(L.polyline(lines, { ...base, weight: own.weight + HOVER_PX, dashArray: own.dashArray }));
    else lines.forEach(([place]) => halo.addLayer(around(place, mark, { ...base, weight: HOVER_PX })));
  }

  /** Marks that are drawn now; of tiled layers the open feature. */
  function drawn() {
    return [...marks.values(), ...[guests.get(selected)].filter(Boolean)].filter(passes);
  }

  return {
    add,
    approach,
    arrange,
    hover,

    /** Make the mark of a feature of a tiled layer, to be ringed, named and found. */
    meet(layer, feature) {
      if (feature.located) guests.set(feature.id, { ...createMark(layer, feature, { pane: `huitu-${layer.id}` }), guest: true });
    },

    /** When every tile in sight is drawn. */
    settled: tiled.settled,

    /** Draw only the projects of these ids. */
    filter(ids) {
      admitted = ids;
      refresh();
    },

    /** Ring a feature, or none. */
    select(id) {
      selected = id;
      drawRing();
    },

    /** The mark of a feature that has a geometry. */
    mark: markOf,

    drawn,

    /** The same with the features of tiled layers that are near: all that have names and stops of keys. */
    named: () => [...drawn().filter((mark) => !near.has(mark.feature.id)), ...near.values()],

    /** Leaflet's bounds of a feature, or null. */
    boundsOf(id) {
      const mark = markOf(id);
      if (!mark) return null;
      const [west, south, east, north] = bounds(mark.feature.geometry);
      return L.latLngBounds([south, west], [north, east]);
    },
  };
}

function pane(map, name) {
  return map.getPane(name) || map.createPane(name);
}

function toggle(group, part, wanted) {
  if (!group) return;
  if (wanted && !group.hasLayer(part)) group.addLayer(part);
  if (!wanted && group.hasLayer(part)) group.removeLayer(part);
}

function largestFirst(list) {
  return list.sort((a, b) => b.dimension - a.dimension || b.extent - a.extent);
}

function optionsOf(mark, scale) {
  const { symbol } = symbolOf(mark.layer.style, mark.feature.properties);
  return pathOptions(mark.layer.style, symbol, { schematic: mark.feature.schematic, polygon: mark.dimension === 2, scale });
}

function swell(mark, by, scale) {
  if (!mark) return;
  if (mark.dimension) {
    mark.main.setStyle({ weight: optionsOf(mark, scale).weight + by });
    return;
  }
  const node = mark.main.getElement();
  if (node) node.classList.toggle("is-hovered", by > 0);
}

/** A ring around a point that is drawn in its tile. */
function around(place, mark, options) {
  const { symbol } = symbolOf(mark.layer.style, mark.feature.properties);
  return L.circleMarker(place, { ...options, radius: (symbol.radius || DEFAULT_RADIUS) + symbol.width });
}

function ringOf(mark, scale) {
  if (mark.dimension === 0) return RING.map((line) => around(mark.main.getLatLng(), mark, { ...line, pane: "huitu-selected", interactive: false, fill: false }));
  const polygon = mark.dimension === 2;
  const own = optionsOf(mark, scale);
  const base = { pane: "huitu-selected", interactive: false, fill: false, lineJoin: "round" };
  const edges = RING.map((line) => ({ ...base, ...line, weight: line.weight + (polygon ? 0 : own.weight) }));
  return [...edges, { ...own, ...base, color: polygon ? "#ffffff" : own.color }].map((options) => shape(mark.feature.geometry, options));
}

function drawMask(map, features) {
  const rings = features.flatMap((feature) => holes(feature.geometry));
  L.polygon([WORLD, ...rings], { pane: "huitu-mask", stroke: false, fillColor: MASK.color, fillOpacity: MASK.opacity, interactive: false }).addTo(map);
}

function holes({ type, coordinates }) {
  const outer = type === "MultiPolygon" ? coordinates.map((rings) => rings[0]) : type === "Polygon" ? [coordinates[0]] : [];
  return outer.map((ring) => L.GeoJSON.coordsToLatLngs(ring, 0));
}
