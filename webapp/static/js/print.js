/**
 * The sheet: before printing the map takes the size of the paper and gets title, legend, north arrow,
 * scale, source and review number; afterwards everything stands as before.
 */

import { byId, el, fill, svg } from "./dom.js";
import { day, lang, number, pick, t } from "./i18n.js";
import { excerptNotes } from "./excerpt.js";
import { entries, legendList } from "./legend.js";
import { years } from "./listpanel.js";
import { denominator, metresPerPixel, roundBar } from "./scale.js";
import { isTiled } from "./tiled.js";

const BAR_PX = 190;

/**
 * @param {Object} options
 * @param {Object} options.map
 * @param {import("./catalog.js").Catalog} options.catalog
 * @param {Object} options.session
 * @param {{now: () => void}} options.labels
 * @param {() => import("./project.js").Project[]} options.passing projects under the present filter
 * @param {Object} options.drawing
 * @param {Object} options.tiled layers that are made of tiles
 * @param {Object} options.rows their features
 * @param {() => Object} options.seen bounds of the uncovered part of the map
 */
export function createPrint({ map, catalog, session, labels, passing, drawing, tiled, rows, seen }) {
  let kept = null;

  function prepare() {
    if (kept) return;
    const bounds = seen();
    kept = { center: map.getCenter(), zoom: map.getZoom(), snap: map.options.zoomSnap };
    document.body.classList.add("is-printing");
    map.options.zoomSnap = 0;
    map.invalidateSize({ animate: false, pan: false });
    map.fitBounds(bounds, { animate: false });
    tiled.repaint();
    labels.now();
    drawSheet();
  }

  function restore() {
    if (!kept) return;
    document.body.classList.remove("is-printing");
    map.options.zoomSnap = kept.snap;
    map.invalidateSize({ animate: false, pan: false });
    map.setView(kept.center, kept.zoom, { animate: false });
    tiled.repaint();
    kept = null;
  }

  function drawSheet() {
    const { zone } = catalog;
    const perPixel = metresPerPixel(map.getCenter().lat, map.getZoom());
    fill(byId("sheet-title"), el("p", { class: "sheet__plan" }, pick(zone.plan)), el("p", { class: "sheet__zone" }, pick(zone.title)), el("p", { class: "sheet__conditions" }, conditions()));
    fill(byId("sheet-side"), north(), scale(perPixel), el("h2", {}, t("图例")), legend());
    fill(byId("sheet-foot"), foot());
    fill(byId("sheet-list"), ...listTitle(), listed().length > 0 && table());
  }

  function conditions() {
    const state = session.get();
    const stages = state.stage && state.stage.map((value) => pick(catalog.stages.find((stage) => stage.value === value).title)).join(t("、"));
    const parts = [
      byId("older")?.textContent,
      stages && t("阶段：{stages}", { stages }),
      state.years && t("年份：{from}–{to}（含未定）", { from: state.years[0], to: state.years[1] }),
      state.q && t("搜索：“{q}”", { q: state.q }),
    ].filter(Boolean);
    return parts.join(t("；"));
  }

  function legend() {
    const drawn = drawing.drawn();
    const parts = catalog.visible(session.get()).map((id) => {
      const layer = catalog.layer(id);
      const features = isTiled(layer) ? rows.groups(id) : drawn.filter((mark) => mark.layer === layer).map((mark) => mark.feature);
      const list = entries(layer, features).filter((entry) => entry.kind !== "schematic");
      return list.length > 0 && el("section", { class: "sheet__layer" }, el("h3", {}, pick(layer.title)), legendList(list), excerptNotes([layer]));
    });
    return el("div", { class: "sheet__legend" }, parts);
  }

  function foot() {
    const { zone } = catalog;
    return [
      el("p", { class: "sheet__review" }, zone.review_number ? t("审图号：{number}", { number: zone.review_number }) : t("审图号：＿＿＿＿＿＿（未送审，仅供内部讨论）")),
      el("p", {}, t("虚线与“示意”表示位置或范围非实测。规划统计，非测绘成果。")),
      el("p", {}, t("来源：{source}", { source: pick(zone.source) })),
      el("p", {}, t("数据状态 {state} · {software} · {day} 打印 · 坐标 CGCS2000（与 WGS 84 相差分米级），图面为墨卡托投影", { state: catalog.state, software: catalog.software, day: day(new Date().toISOString()) })),
    ];
  }

  /** All that pass; of a tiled layer, which would fill books of paper, only where all of them are here. */
  function listed() {
    const pages = rows.pages(catalog.criteria(session.get()).layers);
    return [...passing(), ...pages.filter(({ next }) => next === null).flatMap((page) => page.rows)];
  }

  function listTitle() {
    const pages = rows.pages(catalog.criteria(session.get()).layers);
    const others = pages.filter(({ next }) => next !== null).reduce((sum, { located, unlocated }) => sum + located + unlocated, 0);
    const title = el("h2", {}, t("项目清单（{n} 项）", { n: number(listed().length + others) }));
    return [title, others > 0 && el("p", {}, t("另有大图层中的 {n} 项，未逐项列出。", { n: number(others) }))];
  }

  function table() {
    const heads = [t("编号"), t("项目"), t("图层"), t("阶段"), t("年份"), t("位置")];
    return el("table", { class: "sheet__table" }, el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))), el("tbody", {}, listed().map(row)));
  }

  function row(project) {
    const layer = catalog.layer(project.layer);
    const quality = project.located ? pick(catalog.titleOf(layer, "geometry_quality", project.properties.geometry_quality)) : t("未定位");
    const stage = project.stage ? pick(catalog.titleOf(layer, "stage", project.stage)) : t("未定");
    return el("tr", {}, [project.id, pick(project.name), pick(layer.title), stage, years(project), quality].map((text) => el("td", {}, text)));
  }

  window.addEventListener("beforeprint", prepare);
  window.addEventListener("afterprint", restore);
  // Where a program only asks for the print style, no event of printing comes.
  const paper = window.matchMedia("print");
  const turn = () => (paper.matches ? prepare() : restore());
  paper.addEventListener("change", turn);

  return {
    /** Tiles come one by one, and paper waits for none: so they are drawn before it is asked for. */
    async print() {
      if (tiled.any) {
        prepare();
        await tiled.settled();
      }
      window.print();
    },

    /** Make the sheet if the page is already on paper. */
    check: () => paper.matches && prepare(),
  };
}

function north() {
  const word = lang() === "zh" ? "北" : "N";
  return svg(
    "svg",
    { class: "sheet__north", viewBox: "0 0 40 56", width: 40, height: 56, role: "img", "aria-label": t("指北针") },
    svg("path", { d: "M20 16 L30 52 L20 44 Z", fill: "#20272b" }),
    svg("path", { d: "M20 16 L10 52 L20 44 Z", fill: "#ffffff", stroke: "#20272b", "stroke-width": 1.2 }),
    svg("text", { x: 20, y: 12, "text-anchor": "middle", "font-size": 13, "font-weight": 600 }, word),
  );
}

function scale(perPixel) {
  const { metres, px } = roundBar(perPixel, BAR_PX);
  const text = (share) => (metres >= 1000 ? number((metres * share) / 1000, 2) : number(metres * share));
  const half = px / 2;
  return el(
    "figure",
    { class: "sheet__scale", data: { metres, px } },
    svg(
      "svg",
      { width: px + 40, height: 30, viewBox: `-10 0 ${px + 40} 30`, role: "img", "aria-label": t("比例尺") },
      svg("rect", { x: 0, y: 16, width: half, height: 5, fill: "#20272b" }),
      svg("rect", { x: half, y: 16, width: half, height: 5, fill: "#ffffff", stroke: "#20272b", "stroke-width": 1 }),
      svg("text", { x: 0, y: 11, "text-anchor": "middle", "font-size": 10 }, "0"),
      svg("text", { x: half, y: 11, "text-anchor": "middle", "font-size": 10 }, text(0.5)),
      svg("text", { x: px, y: 11, "text-anchor": "middle", "font-size": 10 }, `${text(1)} ${metres >= 1000 ? "km" : "m"}`),
    ),
    el("figcaption", {}, t("约 1:{n}（A4 原大打印）", { n: number(denominator(perPixel)) })),
  );
}
