/**
 * Saving every edit as it is made. What the server did not get yet stays in memory and is sent again;
 * of a feature only the newest state is sent, on the revision that was seen. A refused state is never
 * dropped: it waits for a decision.
 */

const RETRY_MS = 3000;

/**
 * @param {Object} options
 * @param {string} options.url
 * @param {string} options.token of the form
 * @param {(key: string) => number} options.revisionOf
 * @param {(feature: Object) => void} options.saved the feature as the server has it
 * @param {(key: string, mine: Object, theirs: Object) => void} options.conflict
 * @param {(state: "saved"|"saving"|"offline"|"refused", words?: string) => void} options.tell
 */
export function createSaver({ url, token, revisionOf, saved, conflict, tell }) {
  const waiting = new Map();
  const held = new Set();
  let sending = null;
  let timer = 0;

  async function post(body) {
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token };
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    return { status: answer.status, told: await answer.json().catch(() => ({})) };
  }

  function run() {
    if (!sending) sending = drain().finally(() => (sending = null));
    return sending;
  }

  async function drain() {
    clearTimeout(timer);
    for (let key = next(); key !== undefined; key = next()) {
      tell("saving");
      if (!(await send(key))) return;
    }
    if (!waiting.size) tell("saved");
  }

  const next = () => [...waiting.keys()].find((key) => !held.has(key));

  async function send(key) {
    const mine = waiting.get(key);
    let answer;
    try {
      answer = await post({ kind: "edit", feature: key, revision: revisionOf(key), content: mine.content });
    } catch {
      answer = { status: 0 };
    }
    const newer = waiting.get(key) !== mine;
    if (answer.status === 200) {
      if (!newer) waiting.delete(key);
      saved(answer.told.feature || { key, content: null, revision: revisionOf(key) + 1 }, newer);
    } else if (answer.status === 409) {
      held.add(key);
      tell("refused", answer.told.error?.message);
      conflict(key, waiting.get(key).content, answer.told.theirs);
    } else if (answer.status === 0 || answer.status >= 500 || answer.status === 429) {
      tell("offline");
      timer = setTimeout(run, RETRY_MS);
      return false;
    } else {
      held.add(key);
      tell("refused", answer.told.error?.message);
    }
    return true;
  }

  window.addEventListener("online", run);
  window.addEventListener("beforeunload", (event) => waiting.size && event.preventDefault());

  return {
    /** Save what a feature shall be; null removes it. */
    put(key, content) {
      waiting.set(key, { content });
      return run();
    },
    /** Whether a state of a feature is not saved yet. */
    pending: (key) => waiting.has(key),
    /** Send a refused state again, now on the newest revision. */
    insist(key) {
      held.delete(key);
      return run();
    },
    /** Let a refused state go; it was decided. */
    drop(key) {
      held.delete(key);
      waiting.delete(key);
      return run();
    },
    /** Undo, redo or note: after everything that waits. */
    async act(body) {
      if (sending) await sending;
      tell("saving");
      const answer = await post(body);
      tell(answer.status === 200 ? "saved" : "refused", answer.told.error?.message);
      return answer;
    },
  };
}
