/**
 * The dialog that gives the page away: its address, the code of a frame, the words to cite it by.
 */

import { base } from "./data.js";
import { byId, el, fill } from "./dom.js";
import { day, pick, t } from "./i18n.js";
import { toast } from "./notices.js";

const FRAME = { width: 960, height: 640 };

/**
 * @param {{session: Object, catalog: import("./catalog.js").Catalog, address: (change?: Object) => string}} options
 *   `address`: the query string of the present view
 */
export function createShare({ session, catalog, address }) {
  const dialog = byId("share");

  function open(id) {
    const query = address(id ? { selected: id } : {});
    const link = url("/", query);
    fill(
      byId("share-body"),
      field(t("链接"), link, t("打开后就是现在看到的图层、筛选与位置")),
      field(t("嵌入网页"), frame(url("/embed", query)), t("把这段代码放进网页")),
      field(t("引用"), cite(link), t("带数据状态，日后可以核对")),
    );
    dialog.showModal();
  }

  function url(path, query) {
    return `${location.origin}${base()}${path}${query ? `?${query}` : ""}`;
  }

  function frame(source) {
    const title = `${pick(catalog.zone.title)} ${pick(catalog.zone.plan)}`;
    return `<iframe src="${escape(source)}" title="${escape(title)}" width="${FRAME.width}" height="${FRAME.height}" loading="lazy" allowfullscreen></iframe>`;
  }

  function cite(link) {
    const values = { title: pick(catalog.zone.title), plan: pick(catalog.zone.plan), state: catalog.state, software: catalog.software, day: day(new Date().toISOString()), link };
    return t("{title}：{plan}。惠图（{software}），数据状态 {state}，{day} 访问。{link}", values);
  }

  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  return { open };
}

function escape(text) {
  const marks = { "&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;" };
  return text.replace(/[&"<>]/g, (mark) => marks[mark]);
}

function field(name, text, hint) {
  const area = el("textarea", { readonly: true, rows: 3, value: text, on: { focus: (event) => event.target.select() } });
  return el(
    "div",
    { class: "share__field" },
    el("label", {}, el("span", { class: "share__name" }, name), el("span", { class: "muted small" }, hint), area),
    el("button", { type: "button", class: "button button--small", on: { click: () => copy(text, area) } }, t("复制")),
  );
}

/**
 * Put a text on the clipboard; where the browser refuses, the field that shows it is selected.
 *
 * @param {string} text
 * @param {HTMLTextAreaElement} [shown]
 */
export async function copy(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!shown) return toast(text);
    shown.focus();
    shown.select();
    return toast(t("请按 Ctrl+C 复制"));
  }
  return toast(t("已复制"));
}
