/**
 * The small map of the step "Position": the chosen reading stands out, and a click gives the
 * place of a control point. Without scripts all readings are drawn alike and places are typed.
 */

const plate = document.getElementById("plate");
const form = plate.closest("form");
let row = 0;

function showChosen() {
  const chosen = form.elements.place.value;
  for (const path of plate.querySelectorAll("[data-guess]")) {
    path.classList.toggle("is-chosen", path.dataset.guess === chosen);
    path.classList.toggle("is-other", chosen !== "" && path.dataset.guess !== chosen);
  }
}

/** @param {FocusEvent} event the row that a click on the map fills is the one last written in */
function remember(event) {
  const found = /^control-(\d+)-/.exec(event.target.name || "");
  if (found) row = Number(found[1]);
}

/** @param {MouseEvent} event */
function pick(event) {
  if (form.elements.place.value !== "control") return;
  const box = plate.getBoundingClientRect();
  const share = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  const { west, east, south, north } = plate.dataset;
  form.elements[`control-${row}-lon`].value = (Number(west) + share[0] * (east - west)).toFixed(6);
  form.elements[`control-${row}-lat`].value = (Number(north) - share[1] * (north - south)).toFixed(6);
}

form.addEventListener("change", showChosen);
form.addEventListener("focusin", remember);
plate.addEventListener("click", pick);
showChosen();
