/**
 * The live state of the page, kept in the address. Opening and closing a card is a step that the back
 * button undoes; everything else rewrites the present step.
 */

import { format, parse } from "./state.js";

const QUIET_MS = 150;

/**
 * @param {{lang: string|null, inHash: boolean, settle: (state: import("./state.js").State) => import("./state.js").State}} options
 *   `inHash`: a page opened from a disk keeps its state behind `#`.
 */
export function createSession({ lang, inHash, settle }) {
  const listeners = new Set();
  let state = settle(read(inHash));
  let waiting = 0;

  function tell(before) {
    for (const listener of listeners) listener(state, before);
  }

  function write(of, step) {
    clearTimeout(waiting);
    waiting = 0;
    try {
      history[step ? "pushState" : "replaceState"](null, "", address(of));
    } catch {
      // Browsers limit how often the address may be written; the next change writes it.
    }
  }

  function address(of) {
    const query = format(of, { lang });
    if (inHash) return query ? `#${query}` : "#";
    return query ? `?${query}` : location.pathname;
  }

  window.addEventListener(inHash ? "hashchange" : "popstate", () => {
    const before = state;
    state = settle(read(inHash));
    tell(before);
  });

  return {
    /** The present state. */
    get: () => state,

    /**
     * Change parts of the state.
     *
     * @param {Partial<import("./state.js").State>} change
     */
    set(change) {
      const before = state;
      state = settle({ ...state, ...change });
      if (state.selected !== before.selected && !inHash) {
        if (waiting) write(before, false);
        write(state, true);
      } else if (!waiting) waiting = setTimeout(() => write(state, false), QUIET_MS);
      tell(before);
    },

    /** Be told of every change, with the state before it. */
    subscribe(listener) {
      listeners.add(listener);
    },

    /** The query string of the present state. */
    query: (extra = { lang }) => format(state, extra),
  };
}

function read(inHash) {
  const query = inHash && location.hash.length > 1 ? location.hash : location.search;
  return parse(query);
}
