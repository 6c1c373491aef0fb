/**
 * What lies under the pointer: its name beside it, and its card by a click. Where several things lie
 * over each other the smallest comes first, and further clicks go through the others.
 */

import { el } from "./dom.js";
import { pick, t } from "./i18n.js";
import { symbolOf } from "./symbols.js";

const { L } = window;

/**
 * @param {Object} options
 * @param {Object} options.map
 * @param {Object} options.drawing
 * @param {Object} options.tiled the layers that are made of tiles
 * @param {() => string|null} options.selected
 * @param {(id: string) => void} options.open
 */
export function createPointer({ map, drawing, tiled, selected, open }) {
  const container = map.getContainer();
  const tip = L.tooltip({ className: "tip", direction: "top", offset: [0, -10], opacity: 1 });
  let frame = 0;
  let idle = false;
  let moves = 0;

  /** Under a control nothing of the map is meant. */
  async function under({ originalEvent: { clientX, clientY }, latlng }) {
    const nodes = document.elementsFromPoint(clientX, clientY).filter((node) => container.contains(node));
    if (!nodes.length || nodes[0].closest(".leaflet-control")) return [];
    const ids = nodes.map((node) => node.closest("[data-pick]")).filter(Boolean).map((node) => node.dataset.pick);
    const marks = [...new Set(ids)].map((id) => drawing.mark(id)).filter(Boolean);
    return [...marks, ...(await tiled.under(latlng))].sort(smallestFirst);
  }

  async function point(event) {
    moves += 1;
    const move = moves;
    const marks = await under(event);
    if (move === moves) show(marks, event.latlng);
  }

  function leave() {
    cancelAnimationFrame(frame);
    moves += 1;
    drawing.hover(null);
    tip.remove();
    container.classList.remove("is-over");
  }

  function show(marks, latlng) {
    if (!marks.length) return leave();
    drawing.hover(marks[0]);
    container.classList.add("is-over");
    tip.setLatLng(latlng).setContent(words(marks));
    if (!map.hasLayer(tip)) tip.addTo(map);
    return undefined;
  }

  map.on("mousemove", (event) => {
    if (idle || event.originalEvent.pointerType === "touch") return;
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => point(event));
  });
  map.on("mouseout movestart zoomstart", leave);
  map.on("click", async (event) => {
    if (idle || !event.originalEvent) return;
    const ids = (await under(event)).map((mark) => mark.feature.id);
    if (ids.length) open(ids[(ids.indexOf(selected()) + 1) % ids.length]);
  });
  container.addEventListener("focusin", (event) => {
    const node = event.target.closest("[data-pick]");
    const mark = node && drawing.mark(node.dataset.pick);
    if (mark && node.matches(":focus-visible")) show([mark], L.latLng(mark.anchor[1], mark.anchor[0]));
  });
  container.addEventListener("focusout", leave);

  return {
    /** Rest while a tool has the pointer. */
    rest(on) {
      idle = on;
      leave();
    },
  };
}

function smallestFirst(a, b) {
  return a.dimension - b.dimension || Number(a.layer.role !== "projects") - Number(b.layer.role !== "projects") || a.extent - b.extent;
}

function words([{ feature, layer }, ...others]) {
  const { symbol, known } = symbolOf(layer.style, feature.properties);
  const kind = known ? symbol.title && pick(symbol.title) : t("未分类");
  const numbered = layer.role === "projects" && pick(feature.name) !== feature.id;
  const facts = [numbered && feature.id, kind || pick(layer.title)].filter(Boolean).join(" · ");
  return el(
    "div",
    {},
    el("strong", {}, pick(feature.name)),
    el("div", { class: "tip__facts" }, facts, feature.schematic && el("span", { class: "chip chip--schematic" }, t("示意"))),
    others.length > 0 && el("div", { class: "tip__more" }, t("此处还有 {n} 项，再次点击可切换", { n: others.length })),
  );
}
