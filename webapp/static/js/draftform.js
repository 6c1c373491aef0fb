/**
 * The form of one feature: its attributes by the layer's entry, and its vertices as numbers.
 */

import { button, el, fill } from "./dom.js";
import { pick, pickOther, t } from "./i18n.js";
import { vertices } from "./draftshapes.js";

const MOST_VERTICES = 200;
const DECIMALS = { degrees: 7, metric: 3 };
const LONG = /_zh$|_en$|basis|remark|source/;

/**
 * @param {Object} options
 * @param {HTMLElement} options.node
 * @param {Object} options.fields of `/layers`
 * @param {string[]} options.required
 * @param {{code: string, forward: Function, inverse: Function}} options.metric
 * @param {boolean} options.open whether anything may be changed
 * @param {(name: string, value: any) => void} options.changed
 * @param {(at: number[], position: [number, number]) => void} options.moved
 * @param {(at: number[]) => void} options.dropped
 */
export function createForm({ node, fields, required, metric, open, changed, moved, dropped }) {
  let unit = "degrees";
  let shown = null;

  function show(feature, problems) {
    shown = { feature, problems };
    node.hidden = !feature;
    if (!feature) return;
    const { properties, geometry } = feature.content;
    const own = Object.entries(fields).map(([name, field]) => row(name, field, properties[name], problems.filter((one) => one.field === name)));
    const rest = problems.filter((one) => !own.length || !(one.field in fields));
    fill(
      node,
      el("h2", {}, properties.name_zh || properties.id || t("新要素")),
      rest.length > 0 && el("ul", { class: "draft__problems" }, rest.map((one) => el("li", { class: `is-${one.severity}` }, one.message, " ", el("span", { class: "muted" }, one.hint)))),
      own,
      geometry ? positions(geometry) : el("p", { class: "muted" }, t("未定位：没有图形。")),
    );
  }

  function row(name, field, value, problems) {
    const id = `field-${name}`;
    const input = control(id, name, field, value);
    if (!open) input.disabled = true;
    if (required.includes(name)) input.setAttribute("aria-required", "true");
    if (problems.length) {
      input.setAttribute("aria-describedby", `${id}-wrong`);
      if (problems.some((one) => one.severity === "error")) input.setAttribute("aria-invalid", "true");
    }
    input.addEventListener("change", () => changed(name, read(field, input.value)));
    const other = pickOther(field.title);
    return el(
      "p",
      { class: "field" },
      el("label", { for: id }, pick(field.title), field.unit && ` (${field.unit})`, required.includes(name) && el("span", { class: "draft__must" }, t("必填")), other && el("span", { class: "draft__other" }, other)),
      input,
      problems.length > 0 && el("span", { class: "wrong", id: `${id}-wrong` }, problems.map((one) => `${one.message} ${one.hint}`).join(" ")),
    );
  }

  function control(id, name, field, value) {
    const text = written(value);
    if (!field.values.length) {
      const numeric = ["integer", "number", "year"].includes(field.type);
      return LONG.test(name) && !numeric ? el("textarea", { id, rows: 2, value: text }) : el("input", { id, type: "text", inputmode: numeric ? "decimal" : null, autocomplete: "off", value: text });
    }
    const choices = field.values.map((one) => ({ value: one.value, words: [pick(one.title), pickOther(one.title)].filter(Boolean).join(" · ") }));
    if (text && !choices.some((one) => one.value === text)) choices.unshift({ value: text, words: t("{value}（未分类）", { value: text }) });
    const select = el("select", { id }, [{ value: "", words: "—" }, ...choices].map((one) => el("option", { value: one.value }, one.words)));
    select.value = text;
    return select;
  }

  function positions(geometry) {
    const all = vertices(geometry);
    const units = el("select", { id: "draft-unit" }, el("option", { value: "degrees" }, t("经度, 纬度")), el("option", { value: "metric" }, `${metric.code} x, y`));
    units.value = unit;
    units.addEventListener("change", () => {
      unit = units.value;
      show(shown.feature, shown.problems);
    });
    const rows = all.slice(0, MOST_VERTICES).map(({ at, position }, place) => vertex(at, position, place + 1));
    return el("details", { class: "draft__vertices", open: all.length <= 12 }, el("summary", {}, t("顶点 {n} 个", { n: all.length })), el("p", { class: "field" }, el("label", { for: "draft-unit" }, t("坐标")), units), el("ol", {}, rows));
  }

  function vertex(at, position, number) {
    const name = t("第 {n} 个顶点", { n: number });
    const input = el("input", { type: "text", "aria-label": name, autocomplete: "off", value: toText(position), disabled: !open });
    input.addEventListener("change", () => {
      const typed = fromText(input.value);
      input.setAttribute("aria-invalid", String(!typed));
      if (typed) moved(at, typed);
    });
    return el("li", {}, input, open && at.length > 0 && button(t("删除第 {n} 个顶点", { n: number }), { icon: "trash", class: "button--quiet", on: { click: () => dropped(at) } }));
  }

  function toText(position) {
    const pair = unit === "metric" ? metric.forward(position) : position;
    return pair.map((one) => one.toFixed(DECIMALS[unit])).join(", ");
  }

  function fromText(text) {
    const pair = text.trim().split(/[\s,，]+/).map(Number);
    if (pair.length !== 2 || !pair.every(Number.isFinite)) return null;
    const [lon, lat] = unit === "metric" ? metric.inverse(pair) : pair;
    return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? [lon, lat] : null;
  }

  return { show, busy: () => node.contains(document.activeElement) && document.activeElement.matches("input, textarea") };
}

function written(value) {
  if (value === null || value === undefined) return "";
  return Array.isArray(value) ? value.join("；") : String(value);
}

/** What was typed, in the field's type; a text that is no number stays as it is and is told. */
function read(field, text) {
  const value = text.trim();
  if (field.type === "list") return value ? value.split(/[；;]/).map((one) => one.trim()).filter(Boolean) : [];
  if (!value) return null;
  const number = ["integer", "number", "year"].includes(field.type) ? Number(value) : NaN;
  return Number.isFinite(number) ? number : value;
}
