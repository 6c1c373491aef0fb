/**
 * The map of a notice: whoever chooses one of its projects there is led to the form of an opinion on it.
 * Without scripts the list beside the map does the same.
 */

import { fetchJson } from "./data.js";
import { byId, el, fill } from "./dom.js";
import { speak, t } from "./i18n.js";

const READY = '[data-ready="true"]';
const LOOK_MS = 100;

async function start() {
  const { lang } = document.body.dataset;
  speak(lang, await fetchJson(`/messages/${lang}.json`).catch(() => ({})), "zh");
  const frame = document.querySelector("iframe.consult-map");
  const place = byId("picked");
  if (frame && place) listen(await inside(frame), place);
}

function listen(page, place) {
  const tell = (id) => {
    const known = id && document.querySelector(`[data-give="${CSS.escape(id)}"]`);
    if (!known) fill(place);
    else fill(place, el("a", { class: "button", href: known.href }, t("对“{name}”提意见", { name: known.dataset.name })));
  };
  page.addEventListener("huitu:selected", ({ detail: id }) => tell(id));
  tell(page.body.dataset.selected);
}

/** The page inside the frame, once its map is drawn; it is loaded when it comes into sight. */
function inside(frame) {
  return new Promise((resolve) => {
    const look = () => {
      const page = frame.contentWindow?.document;
      if (page?.querySelector(READY)) resolve(page);
      else setTimeout(look, LOOK_MS);
    };
    look();
  });
}

start();
