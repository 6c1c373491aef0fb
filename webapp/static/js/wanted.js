/**
 * The filter of the page for tiled layers: stage, years and ids are asked of each feature where it is
 * drawn; which rows a search finds only the server knows.
 */

import { fetchBytes } from "./data.js";
import { normalise } from "./filter.js";

/**
 * @param {{layers: Object[], tiled: Object}} options the tiled layers of `/layers`
 */
export function createWanted({ layers, tiled }) {
  const projectLayers = layers.filter((layer) => layer.role === "projects");
  const bits = new Map();
  let last = JSON.stringify({ stage: null, years: null, ids: null, q: "" });

  /** The rows that words find, as bits; none where the server does not tell. */
  function rowsOf(layer, words) {
    const url = `${layer.links.found}?q=${encodeURIComponent(words)}`;
    if (!bits.has(url)) bits.set(url, fetchBytes(url));
    return bits.get(url);
  }

  async function update({ stage, years, ids, q }) {
    const wanted = { stage, years, ids: ids && [...ids], q: normalise(q) };
    const now = JSON.stringify(wanted);
    if (now === last) return;
    last = now;
    for (const layer of projectLayers) {
      const rows = wanted.q ? await rowsOf(layer, q) : null;
      if (now !== last) return;
      tiled.filter(layer.id, { stage, years, ids: wanted.ids, rows });
    }
  }

  return { update };
}
