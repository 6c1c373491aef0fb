/**
 * The Leaflet layers of one feature: what is drawn, a wider stroke that is easier to hit, a badge.
 */

import { el } from "./dom.js";
import { pick, t } from "./i18n.js";
import { badgeMark } from "./legend.js";
import { anchor, dimension, extent } from "./shapes.js";
import { badgeOf, pathOptions, pointMark, symbolOf } from "./symbols.js";

const HIT_PX = 18;
const HIT_PX_TOUCH = 30;
const LEAST_TARGET_PX = 24;
const UNSEEN = { opacity: 0, fillOpacity: 0 };
const { L } = window;

/**
 * @typedef {Object} Mark
 * @property {import("./project.js").Project} feature
 * @property {Object} layer of `/layers`
 * @property {number} dimension 0 point, 1 line, 2 polygon
 * @property {number} extent in square degrees
 * @property {[number, number]} anchor longitude, latitude
 * @property {Object[]} parts Leaflet layers that come and go with the feature
 * @property {Object} main the Leaflet layer that is the feature
 * @property {Object|null} badge a Leaflet marker, shown from some zoom on
 */

/**
 * Make the mark of a located feature.
 *
 * @param {Object} layer of `/layers`
 * @param {import("./project.js").Project} feature
 * @param {{pane: string, unseen: boolean}} options `unseen`: it is drawn elsewhere, and is here to be
 *   named and reached by keys
 * @returns {Mark}
 */
export function createMark(layer, feature, { pane, unseen = false }) {
  const size = dimension(feature.geometry);
  const main = size === 0 ? point(layer, feature, pane, unseen) : path(layer, feature, pane, reacts(layer, size), unseen);
  const badge = badgeOf(layer.style, feature.properties);
  return {
    feature,
    layer,
    dimension: size,
    extent: extent(feature.geometry),
    anchor: anchor(feature.geometry),
    main,
    parts: size === 1 && reacts(layer, size) && !unseen ? [hit(feature, pane), main] : [main],
    badge: badge ? badgeAt(badge, anchor(feature.geometry)) : null,
  };
}

function latLngs(geometry) {
  const depth = { LineString: 0, MultiLineString: 1, Polygon: 1, MultiPolygon: 2 }[geometry.type];
  return L.GeoJSON.coordsToLatLngs(geometry.coordinates, depth);
}

/** A line or polygon as Leaflet draws it. */
export function shape(geometry, options) {
  const make = geometry.type.endsWith("Polygon") ? L.polygon : L.polyline;
  return make(latLngs(geometry), options);
}

/**
 * Whether what is drawn can be pointed at: areas of the base map only lie there.
 *
 * @param {Object} layer of `/layers`
 * @param {number} size 0 point, 1 line, 2 polygon
 */
export function reacts(layer, size) {
  return layer.role === "projects" || size < 2;
}

function path(layer, feature, pane, pointed, unseen) {
  const { symbol } = symbolOf(layer.style, feature.properties);
  const options = pathOptions(layer.style, symbol, {
    schematic: feature.schematic,
    polygon: feature.geometry.type.endsWith("Polygon"),
  });
  const data = { layer: layer.id, id: feature.id, ...(pointed && { pick: feature.id }) };
  return stamped(shape(feature.geometry, { ...options, ...(unseen && UNSEEN), pane, interactive: pointed && !unseen }), data, (node) => {
    if (layer.role !== "projects") return;
    node.setAttribute("role", "button");
    node.setAttribute("tabindex", "-1");
    node.setAttribute("aria-label", spoken(layer, feature));
  });
}

function hit(feature, pane) {
  const weight = window.matchMedia("(pointer: coarse)").matches ? HIT_PX_TOUCH : HIT_PX;
  return stamped(shape(feature.geometry, { pane, weight, opacity: 0, interactive: true }), { pick: feature.id });
}

function point(layer, feature, pane, unseen) {
  const { symbol } = symbolOf(layer.style, feature.properties);
  const mark = pointMark(symbol, { schematic: feature.schematic });
  const size = Math.max(Number(mark.getAttribute("width")), LEAST_TARGET_PX);
  const [lon, lat] = firstPosition(feature.geometry);
  const marker = L.marker([lat, lon], {
    pane,
    keyboard: true,
    interactive: !unseen,
    bubblingMouseEvents: true,
    icon: L.divIcon({ className: unseen ? "point point--unseen" : "point", html: mark, iconSize: [size, size] }),
  });
  return stamped(marker, { layer: layer.id, id: feature.id, pick: feature.id }, (node) => {
    node.setAttribute("role", "button");
    node.setAttribute("tabindex", "-1");
    node.setAttribute("aria-label", spoken(layer, feature));
  });
}

function firstPosition(geometry) {
  return geometry.type === "MultiPoint" ? geometry.coordinates[0] : geometry.coordinates;
}

function spoken(layer, feature) {
  return [pick(feature.name), pick(layer.title), feature.schematic && t("示意")].filter(Boolean).join(t("，"));
}

function stamped(drawn, data, more = () => {}) {
  drawn.on("add", () => {
    const node = drawn.getElement();
    Object.assign(node.dataset, data);
    more(node);
  });
  return drawn;
}

function badgeAt(badge, [lon, lat]) {
  const node = el("span", {}, badgeMark(badge));
  return L.marker([lat, lon], {
    pane: "huitu-badges",
    interactive: false,
    keyboard: false,
    icon: L.divIcon({ className: "badge-at", html: node, iconSize: [18, 18] }),
  });
}
