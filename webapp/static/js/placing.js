/**
 * The small map of the step "Position": the chosen reading stands out; for control points it can be
 * enlarged, and a click gives the place of the row last written in. Without scripts all readings
 * are drawn alike and places are typed.
 */

const SVG = "http://www.w3.org/2000/svg";
/** One screen pixel is then about 0.2 m of a zone 40 km wide. */
const MOST_ZOOM = 256;
/** A pointer that moved less was meant as a click; in pixels of the screen. */
const STILL = 4;

const plate = document.getElementById("plate");
const marks = document.getElementById("control-marks");
const form = plate.closest("form");
const whole = plate.viewBox.baseVal;
const size = { width: whole.width, height: whole.height };
const view = { x: size.width / 2, y: size.height / 2, zoom: 1 };
let row = 0;
let held = null;

const wantsControl = () => form.elements.place.value === "control";
const field = (n, part) => form.elements[`control-${n}-${part}`];

function showChosen() {
  const chosen = form.elements.place.value;
  for (const path of plate.querySelectorAll("[data-guess]")) {
    path.classList.toggle("is-chosen", path.dataset.guess === chosen);
    path.classList.toggle("is-other", chosen !== "" && path.dataset.guess !== chosen);
  }
  plate.classList.toggle("is-pointed", wantsControl());
  showMarks();
}

// ---- where things stand

/** @returns {{x: number, y: number}} where a place stands on the picture */
function toPicture(lon, lat) {
  const { west, east, south, north } = plate.dataset;
  return { x: ((lon - west) / (east - west)) * size.width, y: ((north - lat) / (north - south)) * size.height };
}

/** @param {MouseEvent} event where it happened on the picture */
function met(event) {
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(plate.getScreenCTM().inverse());
}

function showMarks() {
  marks.replaceChildren();
  if (!wantsControl()) return;
  for (let n = 0; field(n, "lon"); n += 1) {
    const [lon, lat] = ["lon", "lat"].map((part) => field(n, part).value.trim());
    if (lon && lat && Number.isFinite(Number(lon)) && Number.isFinite(Number(lat))) marks.append(mark(n, toPicture(Number(lon), Number(lat))));
  }
}

function mark(n, { x, y }) {
  const group = document.createElementNS(SVG, "g");
  const circle = document.createElementNS(SVG, "circle");
  const text = document.createElementNS(SVG, "text");
  group.setAttribute("class", "plate__control");
  group.setAttribute("transform", `translate(${x} ${y}) scale(${1 / view.zoom})`);
  circle.setAttribute("r", "7");
  text.setAttribute("x", "10");
  text.setAttribute("y", "-6");
  text.setAttribute("font-size", "20");
  text.textContent = String(n + 1);
  group.append(circle, text);
  return group;
}

// ---- what is done

/** @param {Event} event the row that a click on the map fills is the one last written in */
function remember(event) {
  const found = /^control-(\d+)-/.exec(event.target.name || "");
  if (found) row = Number(found[1]);
}

/** @param {PointerEvent} event */
function pick(event) {
  const { x, y } = met(event);
  const { west, east, south, north } = plate.dataset;
  Object.assign(view, { x, y });
  if (!wantsControl()) return;
  field(row, "lon").value = (Number(west) + (x / size.width) * (east - west)).toFixed(7);
  field(row, "lat").value = (Number(north) - (y / size.height) * (north - south)).toFixed(7);
  showMarks();
}

function show() {
  const [width, height] = [size.width / view.zoom, size.height / view.zoom];
  view.x = Math.min(Math.max(view.x, width / 2), size.width - width / 2);
  view.y = Math.min(Math.max(view.y, height / 2), size.height - height / 2);
  plate.setAttribute("viewBox", `${view.x - width / 2} ${view.y - height / 2} ${width} ${height}`);
  showMarks();
}

/** @param {MouseEvent} event a button that says by how much */
function enlarge(event) {
  const { zoom } = event.currentTarget.dataset;
  view.zoom = zoom === "whole" ? 1 : Math.min(Math.max(view.zoom * Number(zoom), 1), MOST_ZOOM);
  show();
}

/** @param {PointerEvent} event */
function hold(event) {
  held = { at: met(event), x: event.clientX, y: event.clientY, moved: false };
}

/** @param {PointerEvent} event what was taken hold of stays below the pointer */
function drag(event) {
  if (!held || (!held.moved && Math.hypot(event.clientX - held.x, event.clientY - held.y) < STILL)) return;
  held.moved = true;
  if (!plate.hasPointerCapture(event.pointerId)) plate.setPointerCapture(event.pointerId);
  const now = met(event);
  const box = plate.viewBox.baseVal;
  view.x = box.x + box.width / 2 + held.at.x - now.x;
  view.y = box.y + box.height / 2 + held.at.y - now.y;
  show();
}

/** @param {PointerEvent} event */
function release(event) {
  if (held && !held.moved) pick(event);
  held = null;
}

form.addEventListener("change", showChosen);
form.addEventListener("input", showMarks);
form.addEventListener("focusin", remember);
plate.addEventListener("pointerdown", hold);
plate.addEventListener("pointermove", drag);
plate.addEventListener("pointerup", release);
plate.addEventListener("pointercancel", () => (held = null));
for (const button of document.querySelectorAll("[data-zoom]")) button.addEventListener("click", enlarge);
document.getElementById("plate-tools").hidden = false;
showChosen();
