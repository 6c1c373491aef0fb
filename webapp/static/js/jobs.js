/**
 * The page of a job, kept up to date without loading it again: the server draws it, and what has
 * changed is taken from there. Without scripts the page loads itself again.
 */

const EVERY_MS = 1000;
const job = () => document.getElementById("job");

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    take(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    // The server or the network is away; the next look tells.
  }
  wait();
}

/** @param {Document} fresh the page as the server draws it now; an answer has no job any more */
function take(fresh) {
  const now = fresh.getElementById("job");
  if (!now) location.reload();
  else if (isSame(now)) renew(now);
  else replace(fresh, now);
}

const isSame = (now) => ["job", "state"].every((name) => now.dataset[name] === job().dataset[name]);

/** Same state: words and bar change in their places, so that the focus stays where it is. */
function renew(now) {
  for (const place of job().querySelectorAll("[data-live]")) {
    const next = now.querySelector(`[data-live="${place.dataset.live}"]`);
    if (!next) continue;
    if (place instanceof HTMLProgressElement) place.value = next.value;
    else if (place.textContent !== next.textContent) place.textContent = next.textContent;
  }
}

function replace(fresh, now) {
  const inside = job().contains(document.activeElement);
  document.title = fresh.title;
  job().replaceWith(document.adoptNode(now));
  if (inside || "ended" in now.dataset) document.getElementById("job-title").focus();
}

function wait() {
  if (!("ended" in job().dataset)) setTimeout(look, EVERY_MS);
}

wait();
