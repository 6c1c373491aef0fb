/**
 * Names on the map, as many as fit without touching each other.
 */

import { besideLine, boxOf, crosses, encloses, meets } from "./crossing.js";
import { el } from "./dom.js";
import { lang, pick, t } from "./i18n.js";
import { contains } from "./shapes.js";

const { L } = window;
const pen = document.createElement("canvas").getContext("2d");
const FONT_PX = 12;
const LINE_PX = 15;
const GAP_PX = 3;
const BADGES_FROM_ZOOM = 13;
const FROM_ZOOM = { project: 10, station: 11.5, line: 12, district: 9 };
const SMALL_PX = 160;
const NARROW_PX = 600;
const NARROWER = 0.6;
const DISTRICT_STEPS = [0, -40, 40, -80, 80, -120, 120].flatMap((dy) => [0, -50, 50, -100, 100].map((dx) => [dx, dy]));
const MOST = 400;
const PAPER = 0.75;
const PAPER_ZOOM = 1;
const WIDEST_PX = { zh: 150, en: 170 };

/**
 * @param {{map: Object, drawing: Object, selected: () => string|null, order: () => string[]}} options
 * @returns {{update: () => void}}
 */
export function createLabels({ map, drawing, selected, order }) {
  const placed = L.layerGroup().addTo(map);
  let frame = 0;

  function update() {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(draw);
  }

  function draw() {
    placed.clearLayers();
    const marks = drawing.named();
    const taken = [...marks.flatMap((mark) => obstacle(map, mark)), ...covers(map)];
    const view = L.bounds([-2, -2], map.getSize().add([2, 2]));
    const others = marks.filter((mark) => mark.layer.role === "projects" && mark.dimension > 0).map((mark) => trace(map, mark));
    for (const wish of wishes(map, marks, selected(), order())) {
      const within = ({ min, max }) => [min, max].every((corner) => contains(wish.mark.feature.geometry, map.containerPointToLatLng(corner)));
      const own = others.find((other) => other.mark === wish.mark);
      const spot = free({ ...wish, own }, taken, view, within, (spot) => stray(spot, wish, others));
      if (!spot) continue;
      taken.push(spot.box);
      placed.addLayer(label(map, wish, spot));
    }
  }

  map.on("moveend zoomend resize", update);
  map.on("zoomstart", () => placed.clearLayers());
  return { update, now: draw };
}

/** How much larger than usual the reader has set letters; paper has letters of its own. */
function lettering() {
  return onPaper() ? PAPER : parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}

/** Paper takes smaller letters, and so more names. */
function onPaper() {
  return document.body.classList.contains("is-printing");
}

function kindOf(mark) {
  if (mark.layer.role === "projects") return "project";
  return ["station", "line", "district"][mark.dimension];
}

function wishes(map, marks, selected, order) {
  const zoom = map.getZoom() + (onPaper() ? PAPER_ZOOM : 0);
  const view = map.getBounds();
  const chosen = (mark) => mark.feature.id === selected;
  return marks
    .filter((mark) => mark.layer.id !== "outline")
    .filter((mark) => chosen(mark) || (zoom >= FROM_ZOOM[kindOf(mark)] && view.contains([mark.anchor[1], mark.anchor[0]])))
    .sort((a, b) => chosen(b) - chosen(a) || rank(a, order) - rank(b, order) || b.extent - a.extent)
    .slice(0, MOST)
    .map((mark) => wish(map, mark, chosen(mark)));
}

function rank(mark, order) {
  const kinds = { station: 0, project: 1, line: 3, district: 2 };
  return kinds[kindOf(mark)] * 1000 + order.indexOf(mark.layer.id);
}

function wish(map, mark, chosen) {
  const kind = kindOf(mark);
  const text = short(pick(mark.feature.name));
  const { schematic } = mark.feature;
  const shrink = lettering();
  const large = kind === "district" ? 1.5 : 1;
  const width = shrink * (textWidth(text, FONT_PX * large) * (kind === "district" ? 1.3 : 1) + (schematic ? textWidth(t("示意"), 10) + 6 : 0));
  const widest = shrink * (kind === "district" ? 2 : 1) * (map.getSize().x < NARROW_PX ? NARROWER : 1) * WIDEST_PX[lang()];
  const lines = Math.ceil(width / widest);
  const [lon, lat] = mark.anchor;
  return {
    mark,
    chosen,
    kind,
    text,
    schematic,
    widest,
    at: map.latLngToContainerPoint([lat, lon]),
    width: Math.min(width, widest) + 10 * shrink,
    height: (lines * LINE_PX * large + 4) * shrink,
  };
}

/** A name without its remark in brackets. */
function short(name) {
  return name.replace(/\s*[（(].*[）)]\s*$/u, "") || name;
}

function textWidth(text, size) {
  pen.font = `600 ${size}px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}

function obstacle(map, mark) {
  const [lon, lat] = mark.anchor;
  const at = map.latLngToContainerPoint([lat, lon]);
  if (mark.dimension === 0) return [around(at, 20, 20)];
  return mark.badge && map.getZoom() >= BADGES_FROM_ZOOM ? [around(at, 20, 20)] : [];
}

function around({ x, y }, width, height) {
  return L.bounds([x - width / 2, y - height / 2], [x + width / 2, y + height / 2]);
}

/** What floats over the map: a name under it would be cut. */
function covers(map) {
  if (onPaper()) return [];
  const frame = map.getContainer().getBoundingClientRect();
  return [...document.querySelectorAll(".leaflet-bar, .credit, #panel, #card")]
    .map((node) => node.getBoundingClientRect())
    .filter((box) => box.width > 0)
    .map((box) => L.bounds([box.left - frame.left, box.top - frame.top], [box.right - frame.left, box.bottom - frame.top]));
}

/** A drawn project's paths in pixels, as Leaflet has already projected, cut and thinned them. */
function trace(map, mark) {
  const paths = (mark.main._parts || []).map((path) => path.map((point) => map.layerPointToContainerPoint(point)));
  return { mark, paths, box: boxOf(paths), area: mark.dimension === 2 };
}

/** Whether a name would be read as that of another project: on its line, over its edge or alone inside it. */
function stray({ at, box }, wish, others) {
  return others.some((other) => {
    if (other.mark === wish.mark || !other.box || !meets(box, other.box)) return false;
    if (crosses(box, other.paths, other.area)) return true;
    return other.area && encloses(other.paths, at) && !encloses(other.paths, wish.at);
  });
}

/** Whether a name lies within its own area from end to end. */
function athome({ min, max }, own) {
  const level = (min.y + max.y) / 2;
  return Boolean(own && own.area) && [min.x, max.x].every((x) => encloses(own.paths, { x, y: level }));
}

function free(wish, taken, view, within, astray) {
  const spots = places(wish).map((at) => ({ at, box: around(at, wish.width, wish.height) }));
  const fits = (spot) => !collides(spot.box, taken);
  if (wish.kind === "district") return spots.find((spot) => within(spot.box) && fits(spot));
  const open = spots.filter((spot) => view.contains(spot.box) && fits(spot));
  return open.find((spot) => !astray(spot)) || open.find((spot) => athome(spot.box, wish.own)) || (wish.chosen ? spots.find(fits) || spots[0] : undefined);
}

function collides(box, taken) {
  return taken.some((other) => box.overlaps(other));
}

/** Where a name may stand, the best place first: never far from its own feature. */
function places(wish) {
  const { at, own, kind, mark, width, height } = wish;
  const by = (steps) => steps.map(([dx, dy]) => at.add([dx, dy]));
  const high = height / 2 + 11;
  const wide = width / 2 + 12;
  if (kind === "district") return by(DISTRICT_STEPS);
  if (mark.dimension === 0) return by([[wide, 0], [-wide, 0], [0, -high], [0, high], [wide, -high / 2], [-wide, -high / 2], [wide, high / 2], [-wide, high / 2]]);
  if (mark.dimension === 1) return [...beside(wish), ...by([[0, -high], [0, high], [wide, 0], [-wide, 0]])];
  return [at, ...(own && own.box ? aroundArea(wish, own) : [])];
}

function beside({ own, width, height }) {
  if (!own || !own.paths.length) return [];
  const longest = own.paths.reduce((best, path) => (path.length > best.length ? path : best));
  return besideLine(longest, { width, height, gap: GAP_PX + 4 }).map(({ x, y }) => L.point(x, y));
}

/** Elsewhere inside a large area; close outside a small one. */
function aroundArea({ at, width, height }, { paths, box: { min, max } }) {
  const inside = [[0, -height], [0, height], [0, -2 * height], [0, 2 * height], [-width / 2, 0], [width / 2, 0]].map((step) => at.add(step)).filter((place) => encloses(paths, place));
  if (max.x - min.x > SMALL_PX || max.y - min.y > SMALL_PX) return [...inside, ...beside({ own: { paths }, width, height })];
  const middle = { x: (min.x + max.x) / 2, y: (min.y + max.y) / 2 };
  const outside = [
    [middle.x, min.y - height / 2 - GAP_PX],
    [middle.x, max.y + height / 2 + GAP_PX],
    [max.x + width / 2 + GAP_PX, middle.y],
    [min.x - width / 2 - GAP_PX, middle.y],
  ].map(([x, y]) => L.point(x, y));
  return [...inside, ...outside, ...beside({ own: { paths }, width, height })];
}

function label(map, wish, { at }) {
  const node = el(
    "span",
    { class: `label label--${wish.kind}${wish.chosen ? " label--chosen" : ""}` },
    wish.text,
    wish.schematic && el("small", {}, t("示意")),
  );
  if (wish.kind !== "district") node.style.maxWidth = `${wish.widest + 4}px`;
  return L.marker(map.containerPointToLatLng(at), {
    pane: "huitu-labels",
    interactive: false,
    keyboard: false,
    icon: L.divIcon({ className: "label-at", html: node, iconSize: [0, 0] }),
  });
}
