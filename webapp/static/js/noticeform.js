/**
 * The form of a notice: a long list of projects can be searched, and tells how many are chosen.
 * Without this script the list is the same, only longer.
 */

const list = document.querySelector("#projects .boxes");
const told = document.querySelector("[data-chosen]");
const box = document.querySelector("[data-filter]");
const search = document.querySelector("#project-filter");

function filter() {
  const wanted = search.value.trim().toLowerCase();
  for (const label of list.querySelectorAll("label")) {
    const input = label.querySelector("input");
    label.hidden = !input.checked && !label.textContent.toLowerCase().includes(wanted);
  }
}

function tell() {
  const count = list.querySelectorAll("input:checked").length;
  told.textContent = told.dataset.chosenWords.replace("{n}", String(count));
}

if (list && search) {
  box.hidden = false;
  search.addEventListener("input", filter);
  list.addEventListener("change", tell);
}
