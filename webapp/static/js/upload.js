/**
 * Uploading with a bar, and dropping a file on the form. Without scripts it is an ordinary form.
 */

const form = document.getElementById("upload");
const file = document.getElementById("file");
const drop = document.getElementById("drop");
const said = document.getElementById("upload-said");
const bar = document.getElementById("sent");

function tooBig() {
  const most = Number(form.dataset.mostMb) * 1e6;
  const big = file.files.length > 0 && file.files[0].size > most;
  said.textContent = big ? `${form.dataset.tooBig} (> ${form.dataset.mostMb} MB)` : "";
  return big;
}

function send(event) {
  event.preventDefault();
  if (tooBig()) return;
  document.getElementById("sending").hidden = false;
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = (100 * loaded) / total;
  });
  request.addEventListener("load", () => arrived(request));
  request.addEventListener("error", () => form.submit());
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json, text/html;q=0.1");
  request.send(new FormData(form));
}

/** @param {XMLHttpRequest} request 202 with the address of the import, else a page that says why not */
function arrived(request) {
  if (request.status === 202) {
    location.assign(JSON.parse(request.responseText).href);
    return;
  }
  document.getElementById("sending").hidden = true;
  said.textContent = words(request);
}

function words(request) {
  try {
    const { error } = JSON.parse(request.responseText);
    return `${error.message} ${error.hint}`;
  } catch {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const told = page.querySelector('main [role="alert"], main h1');
    return told ? told.textContent.trim() : String(request.status);
  }
}

for (const name of ["dragover", "dragleave", "drop"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("is-over", name === "dragover");
  });
}
drop.addEventListener("drop", (event) => {
  file.files = event.dataTransfer.files;
  tooBig();
});
file.addEventListener("change", tooBig);
form.addEventListener("submit", send);
