/**
 * The tab of the list: every project that passes, on the map or not.
 */

import { byId, el, fill } from "./dom.js";
import { chips } from "./filterpanel.js";
import { addressLang, lang, number, pick, t } from "./i18n.js";
import { base } from "./data.js";
import { excerptNotes } from "./excerpt.js";
import { formatForList } from "./state.js";
import { swatch } from "./symbols.js";

/**
 * @param {{session: Object, catalog: import("./catalog.js").Catalog, more: (layer: string) => Promise, open: Function, reset: () => void, inFile: boolean}} options
 *   `more` brings the next page of a tiled layer
 */
export function createListPanel({ session, catalog, more, open, reset, inFile }) {
  const columns = [
    { id: "id", title: t("编号"), key: (project) => project.id },
    { id: "name", title: t("项目"), key: (project) => pick(project.name) },
    { id: "stage", title: t("阶段"), key: (project) => stageRank(project) },
    { id: "year", title: t("年份"), key: (project) => project.from ?? Infinity },
  ];
  let sorting = { id: null, down: false };
  let shown = { state: null, projects: [], pages: [] };
  let drawn = "";
  const rows = new Map();
  const heads = columns.map(head);
  const body = el("tbody");
  const words = el("div", { class: "words" });
  const empty = el("div", { class: "empty", hidden: true }, el("p", {}, t("没有符合条件的项目")), el("button", { type: "button", class: "button button--small", on: { click: reset } }, t("清除筛选")));
  const caption = el("caption", { class: "visually-hidden" });
  const table = el("table", { class: "list" }, caption, el("thead", {}, el("tr", {}, heads.map((one) => one.node))), body);
  const further = el("div", { class: "list__more" });
  const whole = el("a", { class: "list__whole" }, t("在项目清单中查看"));
  fill(byId("pane-list"), words, table, further, empty, !inFile && el("p", { class: "pane__end" }, whole));

  function head({ id, title }) {
    const node = el("th", { scope: "col", class: `list__${id}`, "aria-sort": "none" }, el("button", { type: "button", class: "list__sort", data: { sort: id }, on: { click: () => sort(id) } }, title));
    return { id, node };
  }

  function sort(id) {
    const again = sorting.id === id;
    sorting = again && sorting.down ? { id: null, down: false } : { id, down: again };
    for (const one of heads) one.node.setAttribute("aria-sort", one.id !== sorting.id ? "none" : sorting.down ? "descending" : "ascending");
    draw();
  }

  function stageRank(project) {
    const place = catalog.stages.findIndex((stage) => stage.value === project.stage);
    return place < 0 ? Infinity : place;
  }

  function sorted(projects) {
    const column = columns.find((one) => one.id === sorting.id);
    if (!column) return projects;
    const by = new Intl.Collator(lang() === "zh" ? "zh-Hans-CN-u-co-pinyin" : "en", { numeric: true });
    const compare = (a, b) => (typeof a === "string" ? by.compare(a, b) : a === b ? 0 : a - b);
    return [...projects].sort((a, b) => (sorting.down ? -1 : 1) * compare(column.key(a), column.key(b)));
  }

  function draw() {
    const { state, projects, pages } = shown;
    const list = sorted([...projects, ...pages.flatMap((page) => page.rows)]);
    if (list.map((project) => project.id).join() !== drawn) arrange(list);
    for (const [id, { node, open: handle }] of rows) {
      node.classList.toggle("is-chosen", id === state.selected);
      if (id === state.selected) handle.setAttribute("aria-current", "true");
      else handle.removeAttribute("aria-current");
    }
  }

  /** Put the rows in order; the button that has the focus keeps it. */
  function arrange(list) {
    const focused = body.contains(document.activeElement) ? document.activeElement : null;
    for (const project of list) if (!rows.has(project.id)) rows.set(project.id, row(project));
    fill(body, list.map((project) => rows.get(project.id).node));
    if (focused && focused.isConnected) focused.focus({ preventScroll: true });
    drawn = list.map((project) => project.id).join();
  }

  function row(project) {
    const layer = catalog.layer(project.layer);
    const handle = el("button", { type: "button", class: "list__open", data: { open: project.id }, on: { click: () => open(project.id) } }, pick(project.name));
    const node = el(
      "tr",
      {},
      el("td", { class: "list__id" }, el("span", {}, project.id), swatch(layer, project)),
      el("th", { scope: "row", class: "list__name" }, handle, !project.located && el("span", { class: "chip chip--unlocated" }, t("未定位"))),
      el("td", { class: "list__stage" }, project.stage ? pick(catalog.titleOf(layer, "stage", project.stage)) : t("未定")),
      el("td", { class: "list__year" }, years(project)),
    );
    return { node, open: handle };
  }

  /** What a tiled layer has beyond the pages that are here. */
  function rest({ layer, rows: here, located, unlocated, next }) {
    if (next === null) return null;
    const left = located + unlocated - here.length;
    const words = t("{layer}：再列一些（还有 {n} 项）", { layer: pick(layer.title), n: number(left) });
    return el("button", { type: "button", class: "button button--small", data: { more: layer.id }, on: { click: () => bring(layer.id, here.length) } }, words);
  }

  /** Bring the next page; the keyboard goes on where it begins. */
  async function bring(layer, before) {
    await more(layer);
    const page = shown.pages.find((one) => one.layer.id === layer);
    const first = page && page.rows[before];
    if (first) rows.get(first.id).open.focus();
  }

  function update(state, projects, pages) {
    shown = { state, projects, pages };
    const n = pages.reduce((sum, page) => sum + page.located + page.unlocated, projects.length);
    fill(words, chips(state, session), excerptNotes(pages.map(({ layer }) => layer)));
    fill(further, pages.map(rest));
    caption.textContent = t("符合条件的项目，共 {n} 项", { n: number(n) });
    table.hidden = n === 0;
    empty.hidden = n > 0;
    const query = formatForList(state, { lang: addressLang() });
    whole.href = `${base()}/projects${query ? `?${query}` : ""}`;
    draw();
  }

  return { update };
}

/** The years of a project in a few characters. */
export function years(project) {
  if (project.undated) return t("未定");
  return project.from === project.to ? String(project.from) : `${project.from}–${String(project.to).slice(2)}`;
}
