/**
 * Measuring on the map: distance and area, by mouse, touch or keyboard, in the zone's metric CRS.
 */

import { button, byId, el, fill, svg } from "./dom.js";
import { lang, number, t } from "./i18n.js";
import { areaM2, formatArea, formatLength, lengthM, perimeterM, projector } from "./measure.js";

const PANE = "huitu-ruler";
const LINE = { pane: PANE, color: "#0b3f8a", weight: 3, interactive: false };
const SAME_PX = 4;
const { L } = window;

/**
 * @param {{map: Object, crs: {code: string, proj4: string}, rest: (on: boolean) => void, announce: Function}} options
 *   `rest`: keep the pointer of the map quiet while measuring
 */
export function createRuler({ map, crs, rest, announce }) {
  const project = projector(window.proj4, crs.proj4);
  const drawn = L.layerGroup([], { pane: PANE });
  const bar = createBar();
  let kind = null;
  let points = [];
  let ended = false;
  let pointer = null;

  const earlier = { double: false };

  function start(which) {
    if (!kind) {
      earlier.double = map.doubleClickZoom.enabled();
      map.doubleClickZoom.disable();
      drawn.addTo(map);
      rest(true);
      map.getContainer().classList.add("is-measuring");
    }
    kind = which;
    again();
    bar.show(kind);
    map.getContainer().focus({ preventScroll: true });
    announce(t("测量已开始：点击添加顶点；键盘用方向键移动地图，空格在中心添加顶点，回车结束，退格撤销，Esc 退出。"));
  }

  function stop() {
    if (!kind) return;
    kind = null;
    points = [];
    drawn.remove();
    bar.show(null);
    map.getContainer().classList.remove("is-measuring");
    if (earlier.double) map.doubleClickZoom.enable();
    rest(false);
  }

  function again() {
    points = [];
    ended = false;
    pointer = null;
    draw();
  }

  function add(latlng) {
    if (ended) again();
    if (points.length && near(latlng, points[points.length - 1])) return;
    points.push(latlng);
    pointer = null;
    draw();
  }

  function near(a, b) {
    return map.latLngToContainerPoint(a).distanceTo(map.latLngToContainerPoint(b)) < SAME_PX;
  }

  function undo() {
    ended = false;
    points.pop();
    draw();
  }

  function end() {
    ended = true;
    pointer = null;
    draw();
    announce(bar.words());
  }

  function draw() {
    drawn.clearLayers();
    const line = pointer && !ended && points.length ? [...points, pointer] : points;
    if (line.length > 1) drawn.addLayer(stroke(line));
    points.forEach((latlng) => drawn.addLayer(L.circleMarker(latlng, { ...LINE, radius: 4.5, weight: 2, fillColor: "#ffffff", fillOpacity: 1 })));
    bar.tell(figures(line), points.length, ended);
  }

  function stroke(line) {
    const rubber = ended ? null : "2 6";
    if (kind === "area") return L.polygon(line, { ...LINE, dashArray: rubber, fillColor: LINE.color, fillOpacity: 0.12 });
    return L.polyline(line, { ...LINE, dashArray: rubber });
  }

  function figures(line) {
    const positions = line.map(({ lng, lat }) => [lng, lat]);
    if (kind === "area") return { area: areaM2(positions, project), perimeter: perimeterM(positions, project) };
    return { length: lengthM(positions, project), last: lengthM(positions.slice(-2), project) };
  }

  function createBar() {
    const node = byId("ruler");
    const value = el("output", { class: "ruler__value" });
    const more = el("span", { class: "ruler__more" });
    const kinds = { distance: t("距离"), area: t("面积") };
    const choices = Object.entries(kinds).map(([name, title]) => el("button", { type: "button", class: "segment", "aria-pressed": "false", data: { measure: name }, on: { click: () => start(name) } }, title));
    const back = button(t("撤销上一点"), { icon: "undo", class: "button--quiet", on: { click: undo } });
    const done = button(t("结束测量"), { icon: "check", class: "button--quiet", on: { click: end } });
    const clear = button(t("重新测量"), { icon: "trash", class: "button--quiet", on: { click: again } });
    const close = button(t("退出测量"), { icon: "close", class: "button--quiet", on: { click: stop } });
    fill(node, el("div", { class: "segments" }, choices), el("div", { class: "ruler__figures" }, value, more), el("div", { class: "ruler__tools" }, back, done, clear, close));

    function tell({ length, last, area, perimeter }, count, finished) {
      back.disabled = count === 0;
      done.disabled = finished || count < 2;
      clear.disabled = count === 0;
      value.dataset.value = String(kind === "area" ? area : length);
      value.dataset.unit = kind === "area" ? "m2" : "m";
      const write = (figure, decimals) => number(figure, decimals);
      const units = lang() === "zh" ? undefined : { m2: "m²", ha: "ha", mu: "mu" };
      const [first, ...others] = kind === "area" ? formatArea(area, write, units) : [formatLength(length, write)];
      value.textContent = count === 0 ? t("点击地图开始") : Number.isNaN(area) ? t("图形自相交，没有唯一面积") : first;
      const beside = kind === "area" ? [...others, perimeter > 0 && t("周长 {length}", { length: formatLength(perimeter, write) })] : [count > 1 && t("末段 {length}", { length: formatLength(last, write) })];
      more.textContent = count === 0 ? t("平面量算，{crs}", { crs: crs.code }) : beside.filter(Boolean).join(" · ");
    }

    return {
      tell,
      words: () => `${value.textContent} ${more.textContent}`,
      show(which) {
        node.hidden = !which;
        choices.forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.measure === which)));
        document.body.classList.toggle("is-measuring", Boolean(which));
      },
    };
  }

  const keys = {
    " ": () => add(map.getCenter()),
    Enter: end,
    Backspace: undo,
    Escape: stop,
  };

  map.on("click", (event) => kind && add(event.latlng));
  map.on("dblclick", () => kind && end());
  map.on("mousemove", (event) => {
    if (!kind || ended || !points.length) return;
    pointer = event.latlng;
    draw();
  });
  map.getContainer().addEventListener("keydown", (event) => {
    if (!kind || !keys[event.key] || event.target.closest("button, a")) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });
  byId("ruler").addEventListener("keydown", (event) => event.key === "Escape" && stop());

  return { start, stop, active: () => kind !== null };
}

/** The cross in the middle of the map, for measuring by keyboard. */
export function crosshair() {
  return svg("svg", { class: "crosshair", viewBox: "-12 -12 24 24", width: 24, height: 24, "aria-hidden": "true" }, svg("path", { d: "M-10 0H-3M3 0H10M0-10V-3M0 3V10" }));
}
