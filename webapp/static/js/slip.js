/**
 * The receipt: printing, and the end of the draft that was kept on this device.
 */

import { fetchJson } from "./data.js";
import { byId, fill } from "./dom.js";
import { received } from "./opiniondraft.js";
import { speak, t } from "./i18n.js";

async function start() {
  const { lang } = document.body.dataset;
  speak(lang, await fetchJson(`/messages/${lang}.json`).catch(() => ({})), "zh");
  const print = byId("print");
  print.hidden = false;
  print.addEventListener("click", () => window.print());
  if (received(document.querySelector("[data-notice]").dataset.notice)) {
    fill(byId("draft-cleared"), t("这台设备上保存的草稿已清除。"));
  }
  document.body.dataset.ready = "true";
}

start();
