/**
 * The page's side of the workers of tiled layers: each tile has one worker, which keeps it.
 */

const MOST_WORKERS = 2;

/** In a map that is one file the worker lies in its import map. */
function workerAddress() {
  return document.body.dataset.mode === "file" ? import.meta.resolve("huitu/tileworker.js") : new URL("./tileworker.js", import.meta.url);
}

/**
 * @param {{drawn: (answer: Object) => void, failed: (answer: Object) => void}} on what is told of tiles
 */
export function createPool(on) {
  const workers = Array.from({ length: Math.max(1, Math.min(MOST_WORKERS, (navigator.hardwareConcurrency || 2) - 1)) }, begin);
  const waiting = new Map();
  let numbers = 0;

  function begin() {
    const worker = new Worker(workerAddress(), { type: "module" });
    worker.onmessage = ({ data }) => (data.type === "answer" ? answer(data) : on[data.type](data));
    return worker;
  }

  function answer({ number, found }) {
    waiting.get(number)(found);
    waiting.delete(number);
  }

  function ask(worker, question) {
    numbers += 1;
    const number = numbers;
    return new Promise((resolve) => {
      waiting.set(number, resolve);
      worker.postMessage({ ...question, number });
    });
  }

  /** Who keeps a tile. */
  function keeper({ x, y }) {
    return workers[(x + y) % workers.length];
  }

  return {
    /** Tell every worker. */
    tell: (message) => workers.forEach((worker) => worker.postMessage(message)),

    /** Tell the worker of a tile. */
    send: (message) => keeper(message.at).postMessage(message),

    /** Ask the worker of a tile. */
    ask: (question) => ask(keeper(question.at), question),

    /** Ask every worker; the answers together. */
    askAll: async (question) => (await Promise.all(workers.map((worker) => ask(worker, question)))).flat(),
  };
}
