/**
 * Moderation: what is selected in the words is masked, and the preview follows. The server makes
 * the preview, so that it is exactly what the public will read.
 */

const PAUSE_MS = 250;

const form = document.querySelector(".moderate");
const words = document.getElementById("words");
const masks = document.getElementById("masks");
const shown = document.getElementById("public");
let timer = 0;
let asked = 0;

offerSelecting();
form.addEventListener("input", (event) => {
  if (["proposal", "masks", "hidden"].includes(event.target.name)) later();
});

function offerSelecting() {
  const bar = form.querySelector(".moderate__select");
  bar.hidden = false;
  // A press on the button must not take the selection away before it is read.
  bar.addEventListener("mousedown", (event) => event.preventDefault());
  bar.querySelector("button").addEventListener("click", maskSelected);
}

function maskSelected() {
  const range = selectedRange();
  if (!range) return;
  masks.value = [masks.value.trim(), range].filter(Boolean).join(", ");
  getSelection().removeAllRanges();
  preview();
}

/** The selected characters, counted from 1 as people count; null where nothing is selected. */
function selectedRange() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!words.contains(range.startContainer) || !words.contains(range.endContainer)) return null;
  const [start, end] = [placeOf(range.startContainer, range.startOffset, false), placeOf(range.endContainer, range.endOffset, true)];
  return start === null || end === null || start >= end ? null : `${start + 1}-${end}`;
}

/**
 * The place in the words, in characters: a script counts halves of pairs, the server does not.
 *
 * @param {Node} node
 * @param {number} offset
 * @param {boolean} isEnd whether a place between two lines is the end of the one before
 */
function placeOf(node, offset, isEnd) {
  const line = lineOf(node);
  if (line) return Number(line.dataset.start) + (node === line ? (offset ? lengthOf(line) : 0) : [...node.data.slice(0, offset)].length);
  const next = [...words.childNodes].slice(offset).find((one) => one.dataset && one.dataset.start);
  const before = [...words.childNodes].slice(0, offset).reverse().find((one) => one.dataset && one.dataset.start);
  if (isEnd || !next) return before ? Number(before.dataset.start) + lengthOf(before) : null;
  return Number(next.dataset.start);
}

function lineOf(node) {
  const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
  return element.closest("[data-start]");
}

function lengthOf(line) {
  return [...line.textContent].length;
}

function later() {
  clearTimeout(timer);
  shown.classList.add("words--stale");
  timer = setTimeout(preview, PAUSE_MS);
}

async function preview() {
  const number = (asked += 1);
  shown.classList.add("words--stale");
  const found = await ask();
  // An answer that comes late tells of what is no longer there.
  if (number !== asked || !found) return;
  shown.textContent = found.public ?? found.problems.map((one) => one.message).join(" ");
  shown.classList.toggle("words--stale", found.public === undefined);
}

async function ask() {
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
