/**
 * The features of tiled layers where only few are in sight: they get marks that nobody sees, over what
 * is drawn, so that they have names and badges and are reached by keys like those of small layers.
 */

/** With more of a layer in sight none has a name: there is no room for one. */
const MOST = 100;
const QUIET_MS = 120;

/**
 * @param {Object} options
 * @param {Object} options.map
 * @param {Object[]} options.layers the tiled ones of `/layers`
 * @param {Object} options.tiled
 * @param {Object} options.drawing
 * @param {() => void} options.changed other features are near now
 */
export function createNear({ map, layers, tiled, drawing, changed }) {
  let waiting = 0;
  let turn = 0;

  function look() {
    document.body.dataset.near = "looking";
    clearTimeout(waiting);
    waiting = setTimeout(ask, QUIET_MS);
  }

  async function ask() {
    turn += 1;
    const mine = turn;
    const found = await Promise.all(layers.map((layer) => tiled.near(layer.id, MOST)));
    if (mine !== turn) return;
    layers.forEach((layer, place) => drawing.approach(layer, found[place]));
    changed();
    if (tiled.isSettled()) document.body.dataset.near = "seen";
  }

  if (layers.length) {
    document.body.dataset.near = "looking";
    map.on("moveend", look);
    tiled.onSettled(look);
  }
  return { update: layers.length ? look : () => {} };
}
