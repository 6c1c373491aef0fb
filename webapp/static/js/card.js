/**
 * The card of one feature: opened by the map, the list, the search or another card; closed by Escape.
 */

import { button, byId, el, fill, icon } from "./dom.js";
import { fetchJson, onVersions } from "./data.js";
import { cardLinks, dossierNodes, dossierOf, here, schematicChip, yearsOf } from "./dossier.js";
import { pick, t } from "./i18n.js";
import { swatch } from "./symbols.js";

/** States of a notice in which opinions are taken. */
const OPEN = new Set(["open", "closing"]);

/**
 * @param {Object} options
 * @param {Object} options.session
 * @param {import("./catalog.js").Catalog} options.catalog
 * @param {Object} options.register
 * @param {(id: string) => void} options.open opens another card
 * @param {(id: string) => void} options.locate brings a feature into view
 * @param {(id: string) => void} options.share
 * @param {(text: string) => void} options.cite
 * @param {(id: string) => boolean} options.has whether a feature can be opened
 * @param {boolean} options.inFile
 */
export function createCard({ session, catalog, register, open, locate, share, cite, has, inFile }) {
  const card = byId("card");
  let shown = null;
  let origin = null;

  const close = () => session.set({ selected: null });
  card.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  });

  function update(state, { focus = true } = {}) {
    if (state.selected === shown) return;
    const feature = state.selected && register.get(state.selected);
    if (!feature) return hide();
    if (!card.contains(document.activeElement)) origin = document.activeElement;
    shown = feature.id;
    card.hidden = false;
    card.scrollTop = 0;
    document.body.classList.add("has-card");
    const layer = catalog.layer(feature.layer);
    const more = hasDossier(layer);
    draw(feature, dossierOf(feature, layer, catalog), more ? "loading" : "whole");
    if (focus) byId("card-title").focus({ preventScroll: true });
    if (more) load(feature);
    return undefined;
  }

  /** A map that is one file has no dossiers of large layers. */
  function hasDossier(layer) {
    return layer.role === "projects" && !(inFile && layer.tiled);
  }

  function hide() {
    if (shown === null) return;
    const inside = card.contains(document.activeElement);
    shown = null;
    card.hidden = true;
    document.body.classList.remove("has-card");
    if (inside) comeBack();
    origin = null;
  }

  function comeBack() {
    const target = origin && origin.isConnected && origin !== document.body ? origin : document.querySelector(".leaflet-container");
    target.focus({ preventScroll: true });
  }

  async function load(feature) {
    let dossier;
    try {
      dossier = await fetchJson(onVersions(`/projects/${encodeURIComponent(feature.id)}.json`, session.get()));
    } catch {
      if (shown === feature.id) draw(feature, dossierOf(feature, catalog.layer(feature.layer), catalog), "failed");
      return;
    }
    if (shown === feature.id) draw(feature, dossier, "whole");
    if (!inFile) await tellNotices(feature);
  }

  /** That the project is under consultation; without an answer the card stands as it is. */
  async function tellNotices({ id }) {
    const { consultations } = await fetchJson(`/consultations.json?project=${encodeURIComponent(id)}`).catch(() => ({ consultations: [] }));
    const open = consultations.filter((one) => OPEN.has(one.state));
    if (shown !== id || !open.length) return;
    card.querySelector(".card__actions").after(...open.map((one) => el("p", { class: "notice card__notice" }, el("strong", {}, t("正在公示：")), " ", el("a", { href: here(one.links.page) }, pick(one.title)))));
  }

  function draw(feature, dossier, how) {
    const layer = catalog.layer(feature.layer);
    const project = layer.role === "projects";
    const hadFocus = document.activeElement === byId("card-title");
    fill(
      card,
      head(feature, dossier, layer),
      project && chips(feature, dossier),
      actions(feature, dossier, project),
      how === "failed" && failed(feature),
      how === "loading" ? el("p", { class: "card__hint", role: "status" }, t("正在读取…")) : dossierNodes(dossier, { catalog, open, has }),
      project && !hasDossier(layer) && el("p", { class: "card__hint" }, t("此文件不含该项目的测算与周边。")),
    );
    if (hadFocus) byId("card-title").focus({ preventScroll: true });
  }

  function head(feature, dossier, layer) {
    const place = [layer.role === "projects" && feature.id, pick(layer.title)].filter(Boolean).join(" · ");
    return el(
      "header",
      { class: "card__head" },
      el("p", { class: "card__place" }, swatch(layer, feature), el("span", {}, place)),
      button(t("关闭卡片"), { icon: "close", class: "button--quiet card__close", on: { click: close } }),
      el("h2", { id: "card-title", tabindex: "-1", class: "card__title" }, pick(dossier.name)),
    );
  }

  function chips(feature, dossier) {
    return el(
      "p",
      { class: "card__chips" },
      dossier.stage && el("span", { class: "chip" }, pick(dossier.stage.title)),
      el("span", { class: feature.undated ? "chip chip--undated" : "chip" }, feature.undated ? t("年份未定") : yearsOf(dossier.years)),
      feature.schematic && schematicChip(),
      !feature.located && el("span", { class: "chip chip--unlocated" }, t("未定位")),
    );
  }

  function actions(feature, dossier, project) {
    const tool = (name, mark, act) => el("button", { type: "button", class: "button button--small", on: { click: act } }, icon(mark), el("span", {}, name));
    return el(
      "div",
      { class: "card__actions" },
      feature.located && tool(t("在图上看"), "target", () => locate(feature.id)),
      project && !inFile && cardLinks(dossier),
      project && !inFile && tool(t("分享"), "share", () => share(feature.id)),
      dossier.cite && tool(t("引用"), "quote", () => cite(pick(dossier.cite))),
    );
  }

  function failed(feature) {
    return el("div", { class: "notice notice--warn card__notice", role: "alert" }, el("p", {}, t("项目详情没有读到，下面只是图层里的内容。")), el("button", { type: "button", class: "button button--small", on: { click: () => load(feature) } }, t("重试")));
  }

  return { update };
}
