/**
 * Which features of a tile pass. Pure, and the same rules as `filter.js` has for projects: an undated
 * feature passes every range of years.
 */

import { valueOf } from "./mvt.js";

/**
 * What is wanted of a tiled layer.
 *
 * @typedef {Object} Wanted
 * @property {string[]|null} stage null: all
 * @property {[number, number]|null} years null: all
 * @property {string[]|null} ids only these; null: all
 * @property {Uint8Array|null} rows one bit for each row that the words of a search find, the lowest
 *   first; null: all
 */

/** Everything passes. */
export const ALL = Object.freeze({ stage: null, years: null, ids: null, rows: null });

/**
 * The question whether a feature of a tile passes.
 *
 * @param {import("./mvt.js").Tile} tile
 * @param {Wanted} wanted
 * @returns {(place: number) => boolean}
 */
export function admitting(tile, wanted) {
  const asked = [
    wanted.stage && byCode(tile.columns.stage, (stage) => wanted.stage.includes(stage), false),
    wanted.years && inYears(tile, wanted.years),
    wanted.ids && byCode(tile.columns.id, among(new Set(wanted.ids)), false),
    wanted.rows && ((place) => bit(wanted.rows, tile.rows[place])),
  ].filter(Boolean);
  return (place) => asked.every((passes) => passes(place));
}

/** Ask each value once and each feature by the code of its value. */
function byCode({ codes, values }, passes, without) {
  const known = values.map(passes);
  return (place) => (codes[place] < 0 ? without : known[codes[place]]);
}

function among(ids) {
  return (id) => ids.has(String(id));
}

function inYears(tile, [first, last]) {
  return (place) => {
    const from = valueOf(tile, place, "year_from") ?? valueOf(tile, place, "year_to");
    if (from === null) return true;
    return from <= last && (valueOf(tile, place, "year_to") ?? from) >= first;
  };
}

function bit(bits, row) {
  return ((bits[row >> 3] >> (row & 7)) & 1) === 1;
}
