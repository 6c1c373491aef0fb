/**
 * The tab of filters: stages, years, and the words that projects must be found by.
 */

import { button, byId, el, fill, icon } from "./dom.js";
import { countStages, countYears } from "./filter.js";
import { pick, t } from "./i18n.js";

const STEP_MS = 1400;

/**
 * @param {{session: Object, catalog: import("./catalog.js").Catalog}} options
 */
export function createFilterPanel({ session, catalog }) {
  const stages = createStages(session, catalog);
  const years = createYears(session, catalog.zone.years);
  const words = el("div", { class: "words", hidden: true });
  const reset = button(t("清除筛选"), { class: "button--small", on: { click: () => session.set({ stage: null, years: null, q: "", ids: null }) } });
  fill(byId("pane-filter"), words, stages.node, years.node, el("p", { class: "pane__end" }, reset));

  /** `more`: what the server counted in tiled layers, see `rows.js`. */
  function update(state, projects, more) {
    const criteria = catalog.criteria(state);
    const here = countYears(projects, criteria, catalog.zone.years);
    stages.update(state, together(countStages(projects, criteria, catalog.stages.map((stage) => stage.value)), more.stages));
    years.update(state, { years: together(here.years, more.years), undated: here.undated + more.undated });
    words.hidden = !state.q && !state.ids;
    fill(words, chips(state, session));
    reset.disabled = !state.stage && !state.years && !state.q && !state.ids;
  }

  return { update };
}

/** Counts of what is here and of what the server has; its keys are words. */
function together(here, more) {
  return new Map([...here].map(([key, count]) => [key, count + (more.get(String(key)) || 0)]));
}

/** The words and the choice of projects in force, each with a button that lifts it. */
export function chips({ q, ids }, session) {
  return [
    q && chip(t("搜索：“{q}”", { q }), t("取消搜索条件"), () => session.set({ q: "" })),
    ids && chip(t("只看指定的 {n} 个项目", { n: ids.length }), t("看全部项目"), () => session.set({ ids: null })),
  ].filter(Boolean);
}

function chip(words, undo, lift) {
  return el("span", { class: "chip chip--words" }, words, button(undo, { icon: "close", class: "button--quiet button--small", on: { click: lift } }));
}

function createStages(session, catalog) {
  const rows = catalog.stages.map((stage) => {
    const box = el("input", { type: "checkbox", data: { stage: stage.value }, on: { change: () => session.set({ stage: chosen() }) } });
    const count = el("span", { class: "facet__count" });
    return { stage, box, count, node: el("li", {}, el("label", { class: "check facet" }, box, el("span", { class: "facet__title" }, pick(stage.title)), count)) };
  });
  const chosen = () => rows.filter(({ box }) => box.checked).map(({ stage }) => stage.value);
  const note = el("p", { class: "pane__note" });
  const node = el("fieldset", { class: "block" }, el("legend", { class: "block__title" }, t("规划阶段")), note, el("ul", { class: "facets" }, rows.map((row) => row.node)));

  function update(state, counts) {
    note.textContent = state.stage ? t("只看所选阶段") : t("全部阶段；勾选后只看所选");
    for (const { stage, box, count } of rows) {
      box.checked = Boolean(state.stage && state.stage.includes(stage.value));
      count.textContent = String(counts.get(stage.value));
    }
  }
  return { node, update };
}

function createYears(session, [first, last]) {
  const range = Array.from({ length: last - first + 1 }, (_, step) => first + step);
  const bars = new Map(range.map((year) => [year, el("span", { class: "years__bar" })]));
  const counts = new Map(range.map((year) => [year, el("span", { class: "years__count" })]));
  const from = slider(t("起始年份"), "from");
  const to = slider(t("结束年份"), "to");
  const told = el("output", { class: "years__told" });
  const undated = el("span", { class: "facet__count" });
  const player = createPlayer(session, range);

  function slider(name, which) {
    return el("input", { type: "range", min: first, max: last, step: 1, "aria-label": name, data: { years: which }, on: { input: () => moved(which) } });
  }

  function moved(which) {
    const values = [Number(from.value), Number(to.value)];
    if (values[0] > values[1]) values[which === "from" ? 1 : 0] = values[which === "from" ? 0 : 1];
    player.stop();
    session.set({ years: values });
  }

  const columns = range.map((year) =>
    el("span", { class: "years__column" }, counts.get(year), el("span", { class: "years__well" }, bars.get(year)), el("span", { class: "years__year" }, year)),
  );
  const node = el(
    "fieldset",
    { class: "block years" },
    el("legend", { class: "block__title" }, t("实施年份")),
    el("div", { class: "years__head" }, told, player.node),
    el("div", { class: "years__bars", "aria-hidden": "true" }, columns),
    el("div", { class: "years__sliders" }, el("span", { class: "years__track" }), from, to),
    el("p", { class: "years__undated" }, el("span", { class: "chip chip--undated" }, t("未定")), el("span", {}, t("文稿未载年份，始终显示")), undated),
  );

  function update(state, { years, undated: none }) {
    const [low, high] = state.years || [first, last];
    from.value = String(low);
    to.value = String(high);
    from.setAttribute("aria-valuetext", String(low));
    to.setAttribute("aria-valuetext", String(high));
    told.textContent = low === high ? t("{year} 年", { year: low }) : t("{from}–{to} 年", { from: low, to: high });
    node.style.setProperty("--from", String((low - first) / Math.max(last - first, 1)));
    node.style.setProperty("--to", String((high - first) / Math.max(last - first, 1)));
    const most = Math.max(1, ...years.values());
    for (const [year, count] of years) {
      bars.get(year).style.height = `${(100 * count) / most}%`;
      bars.get(year).parentElement.parentElement.classList.toggle("is-in", year >= low && year <= high);
      counts.get(year).textContent = String(count);
    }
    undated.textContent = String(none);
    undated.setAttribute("aria-label", t("未定年份 {n} 项", { n: none }));
  }
  return { node, update };
}

/** Goes through the years one by one. */
function createPlayer(session, range) {
  let timer = 0;
  const node = button(t("逐年播放"), { icon: "play", class: "button--quiet button--small", data: { play: "" }, on: { click: () => (timer ? stop() : start()) } });

  function start() {
    let place = 0;
    show(true);
    const step = () => {
      if (place === range.length) {
        stop();
        session.set({ years: null });
        return;
      }
      session.set({ years: [range[place], range[place]] });
      place += 1;
      timer = setTimeout(step, STEP_MS);
    };
    step();
  }

  function stop() {
    clearTimeout(timer);
    timer = 0;
    show(false);
  }

  function show(playing) {
    const name = playing ? t("停止播放") : t("逐年播放");
    node.setAttribute("aria-label", name);
    node.title = name;
    fill(node, icon(playing ? "pause" : "play"));
  }

  return { node, stop };
}
