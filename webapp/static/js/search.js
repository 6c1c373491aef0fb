/**
 * Finding features by any of their words. Pure.
 */

import { normalise } from "./filter.js";

/** So many are offered. */
export const MOST = 12;

/**
 * The features that a query finds, the best first.
 *
 * @param {string} query as it was typed
 * @param {import("./project.js").Project[]} features in the order that ties keep
 * @param {number} [most]
 * @returns {{feature: import("./project.js").Project, alias: string|null}[]} with the alias that
 *   found it, where no name did
 */
export function find(query, features, most = MOST) {
  const wanted = normalise(query);
  if (!wanted) return [];
  return features
    .map((feature, place) => ({ feature, place, rank: rank(wanted, feature.terms) }))
    .filter(({ rank: found }) => found < Infinity)
    .sort((a, b) => a.rank - b.rank || a.place - b.place)
    .slice(0, most)
    .map(({ feature }) => ({ feature, alias: aliasFor(wanted, feature) }));
}

/** 0 for the very word, 1 for a beginning, 2 for a part; words in front count more. */
function rank(wanted, terms) {
  const ranks = terms.map((term) => (term === wanted ? 0 : term.startsWith(wanted) ? 1 : term.includes(wanted) ? 2 : Infinity));
  return Math.min(...ranks, Infinity);
}

function aliasFor(wanted, { name, aliases }) {
  const named = [name.zh, name.en].some((word) => normalise(word).includes(wanted));
  return named ? null : aliases.find((alias) => normalise(alias).includes(wanted)) || null;
}
