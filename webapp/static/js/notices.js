/**
 * Words to the reader above the map, and the thin bar that shows how much has arrived.
 */

import { byId, button, el, fill } from "./dom.js";
import { t } from "./i18n.js";

/** Speak to screen readers through the page's live region. */
export function announce(text) {
  byId("live").textContent = text;
}

/**
 * Say what failed, with a button that tries again.
 *
 * @param {string} key the same key replaces its notice
 * @param {string} text
 * @param {() => void} [again]
 */
export function warn(key, text, again) {
  dismiss(key);
  const retry = again && el("button", { type: "button", class: "button button--small", on: { click: () => (dismiss(key), again()) } }, t("重试"));
  const close = button(t("关闭提示"), { icon: "close", class: "button--quiet button--small", on: { click: () => dismiss(key) } });
  byId("notices").append(el("div", { class: "notice notice--warn", role: "alert", data: { notice: key } }, el("p", {}, text), el("div", { class: "notice__tools" }, retry, close)));
}

/** Take a notice away. */
export function dismiss(key) {
  for (const node of [...byId("notices").children]) if (node.dataset.notice === key) node.remove();
}

/** A short word that goes by itself. */
export function toast(text) {
  const node = el("div", { class: "toast", role: "status" }, text);
  fill(byId("toasts"), node);
  setTimeout(() => node.remove(), 3500);
}

/**
 * The bar of arrived parts.
 *
 * @param {number} total
 */
export function createProgress(total) {
  const bar = byId("progress");
  let done = 0;
  bar.max = total;
  bar.value = 0;
  bar.hidden = false;
  return {
    /** One more part has arrived or failed. */
    step() {
      done += 1;
      bar.value = done;
      if (done >= total) bar.hidden = true;
    },
  };
}
