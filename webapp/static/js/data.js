/**
 * The only way to data: blocks embedded in the page first (the one-file map), else this server.
 */

/** What the page answers itself, by path. */
const answers = new Map();

/** What a server answered when it refused, or what went wrong on the way. */
export class DataError extends Error {
  /**
   * @param {string} url
   * @param {number} status 0 when no answer came
   * @param {string} [message] of the server's error body
   */
  constructor(url, status, message = "") {
    super(message || `${status} ${url}`);
    this.url = url;
    this.status = status;
    this.told = message;
  }
}

/** The URL prefix under which the application is mounted; without a slash at its end. */
export function base() {
  return (document.body.dataset.base || "").replace(/\/$/, "");
}

/**
 * Data of an address of this application.
 *
 * @param {string} url from the application's root, such as `/layers`
 * @returns {Promise<any>}
 * @throws {DataError}
 */
export async function fetchJson(url) {
  const answer = here(url);
  if (answer) return answer;
  const embedded = block(url);
  if (embedded) return JSON.parse(embedded.dataset.packed ? await unpacked(embedded.textContent) : embedded.textContent);
  if (document.body.dataset.mode === "file") throw new DataError(url, 404);
  return ask(url);
}

/**
 * Bytes of an address of this application.
 *
 * @param {string} url
 * @returns {Promise<Uint8Array>} none where the server does not give them
 */
export async function fetchBytes(url) {
  const found = here(url);
  if (found) return found;
  try {
    const answer = await fetch(base() + url);
    return new Uint8Array(answer.ok ? await answer.arrayBuffer() : 0);
  } catch {
    return new Uint8Array(0);
  }
}

/**
 * Answer the questions to an address in the page itself.
 *
 * @param {string} path of the address
 * @param {(query: string) => any} answer
 */
export function answerHere(path, answer) {
  answers.set(path, answer);
}

function here(url) {
  const [path, query] = url.split("?");
  return answers.has(path) ? answers.get(path)(query || "") : null;
}

/**
 * An address that answers with the current versions, for those of a state instead.
 *
 * @param {string} url
 * @param {{versions: string|null, as_of: string|null}} state
 */
export function onVersions(url, { versions, as_of: day }) {
  const parts = [versions && `versions=${versions}`, day && `as_of=${day}`].filter(Boolean);
  return parts.length ? `${url}?${parts.join("&")}` : url;
}

function block(url) {
  const blocks = document.querySelectorAll('script[type="application/json"][data-url]');
  return [...blocks].find((node) => node.dataset.url === url);
}

/** The text that was packed with gzip and written as letters. */
async function unpacked(letters) {
  const binary = atob(letters);
  const bytes = new Uint8Array(binary.length);
  for (let place = 0; place < bytes.length; place += 1) bytes[place] = binary.charCodeAt(place);
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

async function ask(url) {
  let answer;
  try {
    answer = await fetch(base() + url, { headers: { Accept: "application/json" } });
  } catch {
    throw new DataError(url, 0);
  }
  if (!answer.ok) throw new DataError(url, answer.status, await toldBy(answer));
  return answer.json();
}

async function toldBy(answer) {
  try {
    return String((await answer.json()).error.message || "");
  } catch {
    return "";
  }
}
