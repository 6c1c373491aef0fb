/**
 * The panel beside the map: three tabs, closed by a button; on a phone a sheet at the bottom.
 */

import { byId } from "./dom.js";
import { t } from "./i18n.js";

const TABS = ["layers", "filter", "list"];
const DRAG_PX = 40;

/**
 * @param {{session: Object, closed: boolean}} options `closed`: how the panel starts
 */
export function createPanel({ session, closed }) {
  const panel = byId("panel");
  const handle = byId("panel-toggle");
  const tabs = new Map(TABS.map((name) => [name, byId(`tab-${name}`)]));
  let last = "layers";

  const shown = (state) => state.panel || (closed ? "none" : "layers");
  const choose = (name) => session.set({ panel: name });

  for (const [name, tab] of tabs) {
    tab.addEventListener("click", () => choose(name));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const next = TABS[(TABS.indexOf(name) + step + TABS.length) % TABS.length];
      choose(next);
      tabs.get(next).focus();
    });
  }
  handle.addEventListener("click", () => choose(shown(session.get()) === "none" ? last : "none"));
  drag(byId("panel-bar"), {
    up: () => (shown(session.get()) === "none" ? choose(last) : panel.classList.add("is-tall")),
    down: () => (panel.classList.contains("is-tall") ? panel.classList.remove("is-tall") : choose("none")),
  });

  for (const [name, node] of [["--panel-height", panel], ["--card-height", byId("card")]]) {
    new ResizeObserver(() => document.body.style.setProperty(name, `${node.offsetHeight}px`)).observe(node);
  }

  function update(state) {
    const name = shown(state);
    const open = name !== "none";
    if (open) last = name;
    panel.classList.toggle("is-closed", !open);
    if (!open) panel.classList.remove("is-tall");
    document.body.classList.toggle("has-panel", open);
    handle.setAttribute("aria-expanded", String(open));
    const label = open ? t("收起面板") : t("展开面板");
    handle.setAttribute("aria-label", label);
    handle.title = label;
    for (const [one, tab] of tabs) {
      const active = one === last;
      tab.setAttribute("aria-selected", String(active && open));
      tab.tabIndex = active ? 0 : -1;
      byId(`pane-${one}`).hidden = !active;
    }
    byId("panel-body").hidden = !open;
  }

  return { update };
}

function drag(node, { up, down }) {
  let start = null;
  node.addEventListener("pointerdown", (event) => {
    start = event.pointerType === "mouse" ? null : event.clientY;
  });
  node.addEventListener("pointerup", (event) => {
    const moved = start === null ? 0 : event.clientY - start;
    start = null;
    if (Math.abs(moved) > DRAG_PX) (moved < 0 ? up : down)();
  });
  node.addEventListener("pointercancel", () => {
    start = null;
  });
}
