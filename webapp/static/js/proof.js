/**
 * A worker that finds a proof of work: a number for which SHA-256 of `KEY:NUMBER` begins with so many
 * zero bits. Browsers hash by themselves only over https; an intranet is plain http.
 */

/* global importScripts, sha256 */

self.addEventListener("message", ({ data: { library, key, bits } }) => {
  importScripts(library);
  let tried = 0;
  while (!begins(sha256.array(`${key}:${tried}`), bits)) tried += 1;
  self.postMessage(String(tried));
});

function begins(digest, bits) {
  for (let at = 0; at < bits; at += 8) {
    const wanted = Math.min(8, bits - at);
    if (digest[at / 8] >> (8 - wanted)) return false;
  }
  return true;
}
