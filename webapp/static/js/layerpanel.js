/**
 * The tab of layers: by theme with their legends, or in drawing order.
 */

import { button, byId, el, fill, icon } from "./dom.js";
import { day, number, pick, t } from "./i18n.js";
import { excerptNotes } from "./excerpt.js";
import { entries, legendList } from "./legend.js";

/**
 * @param {{session: Object, catalog: import("./catalog.js").Catalog, named: Function, open: Function, announce: Function}} options
 */
export function createLayerPanel({ session, catalog, named, open, announce }) {
  const rows = new Map(catalog.layers.map((layer) => [layer.id, createRow(layer)]));
  const themes = el("div", { class: "themes" }, catalog.themes.map(theme));
  const order = el("ol", { class: "order", hidden: true, "aria-label": t("叠放次序，上面的先画在上层") });
  const switchTo = createSwitch();
  fill(byId("pane-layers"), switchTo.node, themes, order);

  function createSwitch() {
    const names = { theme: t("按主题"), order: t("按叠放次序") };
    const make = (which) => el("button", { type: "button", class: "segment", "aria-pressed": String(which === "theme"), on: { click: () => turn(which) } }, names[which]);
    const buttons = { theme: make("theme"), order: make("order") };
    const turn = (which) => {
      for (const [name, one] of Object.entries(buttons)) one.setAttribute("aria-pressed", String(name === which));
      themes.hidden = which !== "theme";
      order.hidden = which !== "order";
    };
    return { node: el("div", { class: "segments", role: "group", "aria-label": t("图层排列方式") }, buttons.theme, buttons.order) };
  }

  function theme({ id, title }) {
    const members = catalog.ofTheme(id);
    if (!members.length) return null;
    return el("section", { class: "theme" }, el("h2", { class: "theme__title" }, pick(title)), el("ul", {}, members.map((layer) => rows.get(layer.id).node)));
  }

  function setVisible(id, on) {
    const state = session.get();
    const visible = catalog.visible(state);
    const layers = on ? catalog.order(state).filter((one) => one === id || visible.includes(one)) : visible.filter((one) => one !== id);
    session.set({ layers });
  }

  function move(id, step) {
    const visible = [...catalog.visible(session.get())];
    const from = visible.indexOf(id);
    const to = from + step;
    if (from < 0 || to < 0 || to >= visible.length) return;
    visible.splice(to, 0, visible.splice(from, 1)[0]);
    session.set({ layers: visible });
    announce(t("{layer}：第 {place} 层，共 {n} 层", { layer: pick(catalog.layer(id).title), place: to + 1, n: visible.length }));
  }

  function setOpacity(id, percent) {
    session.set({ opacity: { ...session.get().opacity, [id]: percent } });
  }

  function createRow(layer) {
    const title = pick(layer.title);
    const box = el("input", { type: "checkbox", on: { change: (event) => setVisible(layer.id, event.target.checked) }, data: { toggle: layer.id } });
    const more = el("div", { class: "layer__more", id: `more-${layer.id}`, hidden: true });
    const slider = el("input", { type: "range", min: 0, max: 100, step: 5, "aria-label": t("{layer}的不透明度", { layer: title }), data: { opacity: layer.id }, on: { input: (event) => setOpacity(layer.id, Number(event.target.value)) } });
    const percent = el("output", { class: "layer__percent" });
    const up = mover(layer, -1);
    const down = mover(layer, 1);
    const legend = el("div", { class: "layer__legend" });
    const expand = el(
      "button",
      { type: "button", class: "button button--quiet button--icon button--small layer__expand", "aria-expanded": "false", "aria-controls": more.id, "aria-label": t("{layer}：不透明度、次序与来源", { layer: title }), title: t("不透明度、次序与来源"), on: { click: () => disclose(expand, more) } },
      icon("more"),
    );
    fill(more, el("div", { class: "layer__tools" }, el("label", { class: "layer__opacity" }, el("span", {}, t("不透明度")), slider, percent), up, down), about(layer));
    const node = el(
      "li",
      { class: "layer", data: { row: layer.id } },
      el("div", { class: "layer__head" }, el("label", { class: "check" }, box, el("span", {}, title)), el("span", { class: "layer__count" }, counts(layer)), expand),
      legend,
      excerptNotes([layer]),
      more,
    );
    return { node, box, slider, percent, up, down, legend, item: orderItem(layer) };
  }

  function mover(layer, step) {
    const values = { layer: pick(layer.title) };
    const name = step < 0 ? t("{layer}上移一层", values) : t("{layer}下移一层", values);
    const node = button(name, { icon: step < 0 ? "up" : "down", class: "button--quiet button--small", on: { click: () => moveAndStay(node, layer.id, step) } });
    return node;
  }

  function moveAndStay(node, id, step) {
    move(id, step);
    node.focus();
  }

  function orderItem(layer) {
    const box = el("input", { type: "checkbox", on: { change: (event) => setVisible(layer.id, event.target.checked) } });
    const up = mover(layer, -1);
    const down = mover(layer, 1);
    const node = el(
      "li",
      { class: "order__item", draggable: "true", data: { order: layer.id } },
      el("span", { class: "order__grip", "aria-hidden": "true" }, icon("grip")),
      el("label", { class: "check" }, box, el("span", {}, pick(layer.title))),
      up,
      down,
    );
    carry(node, layer.id);
    return { node, box, up, down };
  }

  function carry(node, id) {
    node.addEventListener("dragstart", (event) => event.dataTransfer.setData("text/plain", id));
    node.addEventListener("dragover", (event) => event.preventDefault());
    node.addEventListener("drop", (event) => {
      event.preventDefault();
      const dragged = event.dataTransfer.getData("text/plain");
      const visible = catalog.visible(session.get());
      if (rows.has(dragged)) move(dragged, visible.indexOf(id) - visible.indexOf(dragged));
    });
  }

  /** Draw the legend of a layer of what it counts. */
  function draw(layer, features) {
    if (features.length) fill(rows.get(layer.id).legend, legendList(entries(layer, features), open, { ids: layer.unclassified || [], named: (ids) => named(layer, ids) }));
  }

  function update(state) {
    const visible = catalog.visible(state);
    for (const [id, row] of rows) refresh(row, id, visible, state.opacity[id] ?? 100);
    const sorted = [...visible, ...catalog.order(state).filter((id) => !visible.includes(id))];
    if (sorted.join() !== [...order.children].map((node) => node.dataset.order).join()) fill(order, sorted.map((id) => rows.get(id).item.node));
  }

  return { update, draw };
}

function refresh(row, id, visible, percent) {
  const place = visible.indexOf(id);
  const on = place >= 0;
  for (const part of [row, row.item]) {
    part.box.checked = on;
    part.up.disabled = !on || place === 0;
    part.down.disabled = !on || place === visible.length - 1;
  }
  row.node.classList.toggle("is-off", !on);
  row.item.node.classList.toggle("is-off", !on);
  row.item.node.draggable = on;
  row.slider.value = String(percent);
  row.slider.disabled = !on;
  row.percent.textContent = `${percent}%`;
}

function disclose(handle, more) {
  more.hidden = !more.hidden;
  handle.setAttribute("aria-expanded", String(!more.hidden));
}

function counts({ counts: { located, unlocated } }) {
  return [el("span", { class: "layer__located" }, t("{n} 项", { n: number(located) })), unlocated > 0 && el("span", { class: "layer__unlocated" }, t("未定位 {n}", { n: number(unlocated) }))];
}

function about(layer) {
  return el(
    "dl",
    { class: "facts facts--small" },
    el("dt", {}, t("来源")),
    el("dd", {}, pick(layer.source)),
    el("dt", {}, t("许可")),
    el("dd", {}, layer.licence),
    el("dt", {}, t("版本")),
    el("dd", {}, el("code", {}, layer.version), ` · ${day(layer.published_at)}`),
  );
}
