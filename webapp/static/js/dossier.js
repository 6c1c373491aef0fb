/**
 * What a card says: the dossier of a project as nodes.
 */

import { base } from "./data.js";
import { el, icon } from "./dom.js";
import { day, lang, number, pick, pickOther, t } from "./i18n.js";

/** Of what lies around a project so many stand open. */
const NEAREST = 30;

/**
 * A dossier of what a feature itself says: for features of the base map, and for projects whose dossier
 * did not arrive.
 *
 * @param {import("./project.js").Project} feature
 * @param {Object} layer of `/layers`
 * @param {import("./catalog.js").Catalog} catalog
 */
export function dossierOf(feature, layer, catalog) {
  const { properties } = feature;
  const choice = (field) => (properties[field] ? { value: properties[field], title: catalog.titleOf(layer, field, properties[field]) } : null);
  return {
    id: feature.id,
    layer: layer.id,
    layer_title: layer.title,
    version: layer.version,
    published_at: layer.published_at,
    name: feature.name,
    aliases: feature.aliases,
    class: choice("class"),
    action: choice("action"),
    stage: choice("stage"),
    lead: choice("lead"),
    years: { from: properties.year_from, to: properties.year_to, basis: properties.year_basis, certainty: properties.year_certainty },
    quality: { ...choice("geometry_quality"), schematic: feature.schematic },
    accuracy_m: properties.accuracy_m,
    basis: { zh: properties.basis_zh, en: properties.basis_en },
    remark: { zh: properties.remark_zh, en: properties.remark_en },
    source: properties.source ? { zh: properties.source, en: properties.source } : layer.source,
    section: properties.section,
    located: feature.located,
    nearby: null,
    catchments: [],
    overlaps: [],
  };
}

/**
 * The parts of a card below its title.
 *
 * @param {Object} dossier the JSON of `/projects/<id>.json`
 * @param {{catalog: import("./catalog.js").Catalog, open: (id: string) => void, has: (id: string) => boolean}} options
 *   `has` tells whether a feature can be opened
 * @returns {Node[]}
 */
export function dossierNodes(dossier, { catalog, open, has }) {
  const layer = catalog.layer(dossier.layer);
  const project = layer.role === "projects";
  return [
    !dossier.located && el("p", { class: "notice card__notice" }, t("文稿没有给出位置，图上不画；清单与统计照常计入。")),
    facts(dossier, layer, catalog),
    project && figures(dossier),
    dossier.located && shapeFacts(dossier),
    project && surroundings(dossier, catalog, open, has),
    provenance(dossier, layer, catalog),
  ].filter(Boolean);
}

function section(title, ...children) {
  return el("section", { class: "card__section" }, el("h3", {}, title), children);
}

function list(pairs, classes = "facts") {
  const kept = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false);
  return kept.length > 0 && el("dl", { class: classes }, kept.flatMap(([name, ...values]) => [el("dt", {}, name), values.map((value) => value && el("dd", {}, value))]));
}

function facts(dossier, layer, catalog) {
  const title = (field) => (layer.fields?.[field] ? pick(layer.fields[field].title) : "");
  return list([
    [title("class") || t("类别"), dossier.class && pick(dossier.class.title), note(dossier.class_basis)],
    [title("action") || t("建设方式"), dossier.action && pick(dossier.action.title)],
    [title("stage") || t("规划阶段"), dossier.stage && pick(dossier.stage.title)],
    [t("实施年份"), layer.role === "projects" && yearsOf(dossier.years), layer.role === "projects" && yearsNote(dossier, layer, catalog)],
    [title("lead") || t("牵头层级"), dossier.lead && pick(dossier.lead.title)],
    [t("备注"), pick(dossier.remark)],
  ]);
}

function note(text) {
  return pick(text) && el("span", { class: "muted small" }, pick(text));
}

/** The years of a dossier; 未定 when it has none. */
export function yearsOf({ from, to }) {
  const first = from ?? to;
  const last = to ?? from;
  if (first === null || first === undefined) return t("未定");
  return first === last ? String(first) : `${first}–${last}`;
}

function yearsNote({ years }, layer, catalog) {
  const basis = years.basis && pick(catalog.titleOf(layer, "year_basis", years.basis));
  const certainty = years.certainty === "interpreted" && t("推定");
  const words = [certainty, basis].filter(Boolean).join(" · ");
  return words && el("span", { class: "muted small" }, words);
}

function figures({ stated, drawn }) {
  if (!stated && !drawn) return null;
  return section(t("数值"), stated && statedBox(stated), drawn && drawnBox(drawn), el("p", { class: "card__hint" }, t("规划统计，非测绘成果")));
}

function shownIn(display) {
  return (display[lang()] || display.zh || []).map((text) => el("span", {}, text));
}

function statedBox(stated) {
  return el(
    "div",
    { class: "figure-box" },
    el("div", { class: "figure-box__title" }, t("文稿载明 · {kind}", { kind: pick(stated.kind_title) })),
    el("div", { class: "figure-box__value" }, shownIn(stated.display)),
    stated.kind === "floor" && el("div", { class: "figure-box__note" }, t("建筑面积不折算公顷或亩，也不与用地相加")),
  );
}

function drawnBox(drawn) {
  const unit = drawn.unit === "m2" ? squareMetre() : "m";
  const decimals = drawn.unit === "m2" ? 0 : 1;
  return el(
    "div",
    { class: "figure-box" },
    el("div", { class: "figure-box__title" }, drawn.kind === "area" ? t("图上面积") : t("图上长度")),
    el("div", { class: "figure-box__value" }, shownIn(drawn.display)),
    el(
      "div",
      { class: "figure-box__note" },
      t("平面 {plane} {unit}（{crs}），椭球面 {geodesic} {unit}", { plane: number(drawn.plane, decimals), geodesic: number(drawn.geodesic, decimals), unit, crs: drawn.crs }),
      el("br"),
      pick(drawn.method),
    ),
  );
}

function shapeFacts(dossier) {
  return section(
    t("图形"),
    list([
      [t("图形质量"), quality(dossier.quality)],
      [t("位置精度"), dossier.accuracy_m !== null && dossier.accuracy_m !== undefined && t("约 ±{n} m（估计）", { n: number(dossier.accuracy_m) })],
      [t("依据"), pick(dossier.basis)],
    ]),
  );
}

/** The words of a quality, with the mark unless they are the mark. */
function quality({ title, schematic }) {
  const words = title && pick(title);
  return [words, schematic && !(words || "").toLowerCase().includes(t("示意").toLowerCase()) && [" ", schematicChip()]];
}

/** The mark of a shape that is below *approximate*. */
export function schematicChip() {
  return el("span", { class: "chip chip--schematic" }, t("示意"));
}

function surroundings(dossier, catalog, open, has) {
  if (!dossier.located || !dossier.nearby) return null;
  const radius = number(catalog.zone.near_m);
  const { overlaps } = dossier;
  const overlapping = new Set(overlaps.map((one) => one.id));
  const nearby = dossier.nearby.filter((one) => !overlapping.has(one.id));
  const catchments = nearest(dossier.catchments);
  return section(
    t("周边 {n} m 以内", { n: radius }),
    catchments.length > 0 && el("p", {}, t("轨道站点覆盖："), catchments.map((one, place) => [place > 0 && t("；"), catchment(one)])),
    overlaps.length > 0 && [el("h4", {}, t("与下列项目图形重叠")), el("ul", { class: "near" }, overlaps.map((one) => nearRow(one, shared(one), open, has)))],
    el("h4", {}, t("邻近 {n} 项", { n: number(nearby.length) })),
    nearby.length > 0 ? neighbours(nearby, (one) => nearRow(one, metres(one.distance_m), open, has)) : el("p", { class: "muted" }, t("没有其他已定位的项目或站点")),
  );
}

/** The nearest stand open, the others of a dense town below them. */
function neighbours(nearby, row) {
  const list = (some) => el("ul", { class: "near" }, some.map(row));
  if (nearby.length <= NEAREST) return list(nearby);
  const others = nearby.slice(NEAREST);
  return [list(nearby.slice(0, NEAREST)), el("details", {}, el("summary", {}, t("更远的 {n} 项", { n: number(others.length) })), list(others))];
}

/** Of each station the smallest catchment only. */
function nearest(catchments) {
  const best = new Map();
  for (const one of catchments) {
    const known = best.get(one.station.id);
    if (!known || one.distance_m < known.distance_m) best.set(one.station.id, one);
  }
  return [...best.values()];
}

function catchment({ station, distance_m: distance, relation }) {
  const values = { station: pick(station.name), n: number(distance) };
  return relation === "inside" ? t("{station}（{n} m 内）", values) : t("{station}（部分在 {n} m 内）", values);
}

function metres(distance) {
  return distance < 1 ? t("相接") : `${number(distance)} m`;
}

function shared({ area_m2: area, length_m: length }) {
  const hectare = t("公顷");
  if (area) return area < 10000 ? `${number(area)} ${squareMetre()}` : `${number(area / 10000, 2)} ${hectare}`;
  return length ? `${number(length)} m` : "";
}

function squareMetre() {
  return lang() === "zh" ? "㎡" : "m²";
}

function nearRow(one, figure, open, has) {
  const words = [el("span", { class: "near__name" }, pick(one.name)), one.schematic && schematicChip(), el("span", { class: "near__figure" }, figure)];
  if (!has(one.id)) return el("li", {}, el("span", { class: "near__shut" }, words));
  return el("li", {}, el("button", { type: "button", class: "near__open", data: { near: one.id }, on: { click: () => open(one.id) } }, words));
}

function provenance(dossier, layer, catalog) {
  return section(
    t("出处"),
    list([
      [t("来源"), pick(dossier.source)],
      [t("章节"), dossier.section && pick(catalog.titleOf(layer, "section", dossier.section))],
      [t("图层"), pick(dossier.layer_title)],
      [t("图层版本"), [el("code", {}, dossier.version), ` · ${day(dossier.published_at)}`]],
      [t("又作"), dossier.aliases.join(t("、"))],
      [lang() === "zh" ? t("英文名") : t("中文名"), pickOther(dossier.name)],
    ]),
  );
}

/** Links out of a card; none in a one-file map. */
export function cardLinks(dossier) {
  const { page, geojson } = dossier.links || { page: `/projects/${dossier.id}`, geojson: `/projects/${dossier.id}.geojson` };
  return [
    el("a", { class: "button button--small", href: here(page) }, icon("page"), el("span", {}, t("项目页"))),
    dossier.located !== undefined && el("a", { class: "button button--small", href: here(geojson), download: `${dossier.id}.geojson` }, icon("download"), el("span", {}, "GeoJSON")),
  ];
}

/** An address of this site, as the server gave it or written from the application's root. */
export function here(path) {
  if (!path.startsWith("/") || path.startsWith("//")) return "#";
  return path.startsWith(`${base()}/`) ? path : base() + path;
}
