/**
 * The form of an opinion by scripts: characters are counted, the draft outlives a lost connection, and a
 * proof of work is found where one is asked for. Without scripts all of it goes by the form alone.
 */

import { fetchJson } from "./data.js";
import { byId, fill } from "./dom.js";
import { forget, markSent, read, save } from "./opiniondraft.js";
import { number, speak, t } from "./i18n.js";

const NEAR = 100;
/** A second press within this is the same press. */
const ONE_PRESS_MS = 4000;

async function start() {
  const { lang } = document.body.dataset;
  speak(lang, await fetchJson(`/messages/${lang}.json`).catch(() => ({})), "zh");
  const form = byId("opinion");
  if (!form) {
    showKept();
    return;
  }
  if (form.dataset.step === "form") {
    restore(form);
    count(form);
    form.addEventListener("input", () => save(form));
  }
  guard(form);
  if (byId("proof")) prove(form, byId("proof"));
  const wrong = byId("wrong");
  if (wrong) wrong.focus();
  document.body.dataset.ready = "true";
}

/** Where nothing is taken any more: what was written here and not sent. */
function showKept() {
  const place = byId("draft-kept");
  const draft = place && read(place.dataset.notice);
  if (!draft) return;
  fill(byId("draft-kept-words"), draft.words);
  place.hidden = false;
}

/** Put back what was written on this device and not sent, and say so. */
function restore(form) {
  const draft = form.dataset.kept ? null : read(form.dataset.notice);
  if (!draft) {
    save(form);
    return;
  }
  const own = form.elements.form.value;
  put(form, draft, new URLSearchParams(location.search).get("project"));
  const when = new Date(draft.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  fill(byId("draft-words"), draft.sent
    ? t("上次寄出时没有收到回音，文字已恢复（{when}）。再寄一次不会重复登记。", { when })
    : t("已恢复这台设备上没有寄出的草稿（{when}）。附件和联系方式不保存，需要重新填写。", { when }));
  byId("draft").hidden = false;
  byId("draft-clear").addEventListener("click", () => {
    forget(form.dataset.notice);
    form.reset();
    form.elements.words.value = "";
    form.elements.form.value = own;
    byId("draft").hidden = true;
    form.elements.words.dispatchEvent(new Event("input", { bubbles: true }));
    form.elements.words.focus();
  });
}

function put(form, draft, project) {
  const { elements } = form;
  elements.form.value = draft.form;
  elements.words.value = draft.words;
  if (project === null) choose(elements.project, draft.project);
  for (const one of form.querySelectorAll('[name="stance"]')) one.checked = one.value === draft.stance;
  for (const one of form.querySelectorAll('[name="topics"]')) one.checked = draft.topics.includes(one.value);
}

function choose(select, value) {
  if ([...select.options].some((one) => one.value === value)) select.value = value;
}

/** Count as the server does: a letter is one, however many units it takes. */
function count(form) {
  const field = form.elements.words;
  const most = Number(field.dataset.most);
  const shown = byId("words-count");
  const told = byId("words-told");
  const tell = () => {
    const length = [...field.value].length;
    const words = length > most
      ? t("已写 {count} 个字，多了 {over} 个", { count: number(length), over: number(length - most) })
      : t("已写 {count} / {most} 个字", { count: number(length), most: number(most) });
    fill(shown, words);
    shown.dataset.over = String(length > most);
    // A screen reader hears of it only near the end.
    fill(told, length > most - NEAR ? words : "");
  };
  field.addEventListener("input", tell);
  tell();
}

/** One press is one opinion, and none is lost where the network is gone. */
function guard(form) {
  let pressed = -Infinity;
  form.addEventListener("submit", (event) => {
    const sends = event.submitter && event.submitter.value === "send";
    if (!navigator.onLine) {
      event.preventDefault();
      const place = byId("offline");
      fill(place, t("网络断了，没有寄出。文字已保存在这台设备上，恢复后再按一次。"));
      place.hidden = false;
      return;
    }
    if (performance.now() - pressed < ONE_PRESS_MS) {
      event.preventDefault();
      return;
    }
    pressed = performance.now();
    if (sends) markSent(form.dataset.notice);
  });
}

/** Let the device work, then press the button that was pressed before. */
function prove(form, place) {
  const words = byId("proof-words");
  const waiting = words.textContent;
  fill(words, t("正在核对，几秒钟后自动寄出…"));
  const worker = new Worker(place.dataset.worker);
  worker.addEventListener("message", ({ data }) => {
    form.elements.proof.value = data;
    worker.terminate();
    form.requestSubmit(byId("send"));
  });
  worker.addEventListener("error", () => fill(words, waiting));
  const { library, key, bits } = place.dataset;
  worker.postMessage({ library, key, bits: Number(bits) });
}

start();
