/**
 * The search box: a combobox with a list of what was found (ARIA 1.2, list autocomplete).
 */

import { byId, el, fill } from "./dom.js";
import { excerptWords } from "./excerpt.js";
import { admits } from "./filter.js";
import { pick, pickOther, t } from "./i18n.js";
import { MOST, find } from "./search.js";
import { swatch } from "./symbols.js";

const QUIET_MS = 120;

/**
 * @param {{session: Object, catalog: import("./catalog.js").Catalog, register: Object, rows: Object, open: Function, announce: Function}} options
 */
export function createSearchBox({ session, catalog, register, rows, open, announce }) {
  const input = byId("search");
  const list = byId("search-list");
  const partly = catalog.layers.map(excerptWords).filter(Boolean);
  let choices = [];
  let active = -1;

  function features() {
    return [...register.projects(catalog.layers.map((layer) => layer.id)), ...register.context()];
  }

  /** What is here is found at once; what only the server has is added when it comes. */
  async function look() {
    const query = input.value.trim();
    const here = find(query, features());
    offer(query, here, 0);
    if (!query || !rows.any || !(await stillAsked(query))) return;
    const far = await rows.find(query, catalog.criteria(session.get())).catch(() => null);
    if (far && !list.hidden && input.value.trim() === query) offer(query, [...here, ...far.rows.map((feature) => ({ feature, alias: null }))].slice(0, MOST), far.all);
  }

  /** Whether the reader rests on a query: the server is not asked at each key. */
  async function stillAsked(query) {
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    return input.value.trim() === query;
  }

  function offer(query, found, more) {
    choices = found.map(({ feature, alias }) => ({ node: option(feature, alias), act: () => open(feature.id) }));
    if (query) choices.push({ node: filterOption(query, more), act: () => session.set({ q: query }) });
    choices.forEach(({ node, act }, place) => {
      node.id = `search-option-${place}`;
      node.addEventListener("pointerdown", (event) => event.preventDefault());
      node.addEventListener("click", () => choose(act));
    });
    fill(list, query && !found.length && el("li", { class: "found__none", role: "presentation" }, t("没有找到“{q}”", { q: query })), choices.map(({ node }) => node), query && partly.map((words) => el("li", { class: "found__none", role: "presentation" }, words)));
    show(Boolean(query));
    go(found.length ? 0 : -1);
    if (query) announce(t("找到 {n} 个结果", { n: found.length }));
  }

  function option(feature, alias) {
    const layer = catalog.layer(feature.layer);
    const project = layer.role === "projects";
    return el(
      "li",
      { role: "option", class: "found", "aria-selected": "false", data: { found: feature.id } },
      swatch(layer, feature),
      el("span", { class: "found__text" }, el("span", { class: "found__name" }, pick(feature.name)), el("span", { class: "found__more" }, [project && feature.id, pick(layer.title), alias ? t("又作 {alias}", { alias }) : pickOther(feature.name)].filter(Boolean).join(" · "))),
      !feature.located && el("span", { class: "chip chip--unlocated" }, t("未定位")),
    );
  }

  function filterOption(query, more) {
    const criteria = { ...catalog.criteria(session.get()), q: query };
    const count = register.projects(catalog.layers.map((layer) => layer.id)).filter((project) => admits(project, criteria)).length + more;
    return el("li", { role: "option", class: "found found--filter", "aria-selected": "false" }, el("span", { class: "found__text" }, t("只看与“{q}”相符的项目（{n} 项）", { q: query, n: count })));
  }

  function show(on) {
    list.hidden = !on;
    input.setAttribute("aria-expanded", String(on));
    if (!on) go(-1);
  }

  function go(place) {
    if (choices[active]) choices[active].node.setAttribute("aria-selected", "false");
    active = place;
    const chosen = choices[active];
    if (!chosen) return input.removeAttribute("aria-activedescendant");
    chosen.node.setAttribute("aria-selected", "true");
    chosen.node.scrollIntoView({ block: "nearest" });
    return input.setAttribute("aria-activedescendant", chosen.node.id);
  }

  function choose(act) {
    show(false);
    act();
  }

  const keys = {
    ArrowDown: () => (list.hidden ? look() : go((active + 1) % choices.length)),
    ArrowUp: () => go((active - 1 + choices.length) % choices.length),
    Enter: () => choices[active] && !list.hidden && choose(choices[active].act),
    Escape: () => {
      if (list.hidden) input.value = "";
      show(false);
    },
  };

  input.addEventListener("input", look);
  input.addEventListener("focus", () => input.value.trim() && look());
  input.addEventListener("blur", () => show(false));
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || !keys[event.key]) return;
    if (event.key !== "Escape" || !list.hidden) event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });
  byId("search-form").addEventListener("submit", (event) => event.preventDefault());

  return { focus: () => input.focus() };
}
