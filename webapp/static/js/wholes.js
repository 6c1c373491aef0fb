/**
 * The large layers of a map that is one file: their features lie in the page, which answers in the
 * place of the server and hands the worker what it cuts tiles from.
 */

import { answerHere, fetchJson } from "./data.js";
import { createLocalRows } from "./localrows.js";
import { attributesOf } from "./tileattributes.js";
import { flatten } from "./tileflat.js";

/**
 * @param {import("./catalog.js").Catalog} catalog
 * @param {Object[]} layers the large ones
 */
export async function openWholes(catalog, layers) {
  const opened = await Promise.all(layers.map(async (layer) => [layer.id, await openWhole(layer, catalog.zone.years)]));
  const wholes = new Map(opened);
  return {
    /** What tiles of a layer are cut from. */
    flat: (id) => wholes.get(id).flat,

    /** Whether a feature of a large layer is in the file. */
    has: (id) => [...wholes.values()].some(({ rows }) => rows.has(id)),
  };
}

async function openWhole(layer, years) {
  const { features, words = [] } = await fetchJson(layer.links.features);
  const rows = createLocalRows(layer, features, words, years);
  answerHere(layer.links.rows, rows.told);
  answerHere(layer.links.found, rows.bits);
  return { rows, flat: flatten(features, attributesOf(layer.style)) };
}

/** A page with a server holds no features of large layers. */
export const NO_WHOLES = Object.freeze({ flat: () => null, has: () => false });
