/**
 * Which attributes of a tiled feature its worker knows. Pure.
 */

/** Those by which a feature is named. */
const NAMES = ["id", "name_zh", "name_en"];
/** Those that a filter asks for. */
const ASKED = ["stage", "year_from", "year_to"];

/**
 * @param {Object} style of a layer in `/layers`
 * @returns {string[]}
 */
export function attributesOf(style) {
  return [...new Set([...NAMES, style.by, style.badge_by, "geometry_quality", ...ASKED].filter(Boolean))];
}
