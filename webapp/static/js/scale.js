/**
 * The scale of a Mercator view. Pure.
 */

const EQUATOR_M = 40075016.686;
const TILE_PX = 256;
const CSS_PX_PER_M = 96 / 0.0254;

/**
 * Ground length of one CSS pixel.
 *
 * @param {number} latitude degrees
 * @param {number} zoom
 * @returns {number} metres
 */
export function metresPerPixel(latitude, zoom) {
  return (EQUATOR_M * Math.cos((latitude * Math.PI) / 180)) / (TILE_PX * 2 ** zoom);
}

/**
 * The longest round length (1, 2 or 5 of a power of ten) that fits.
 *
 * @param {number} perPixel metres
 * @param {number} mostPx
 * @returns {{metres: number, px: number}}
 */
export function roundBar(perPixel, mostPx) {
  const most = perPixel * mostPx;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = [5, 2, 1].map((step) => step * power).find((length) => length <= most);
  return { metres, px: metres / perPixel };
}

/** The denominator of the scale on paper (a CSS pixel is 1/96 inch), to two figures. */
export function denominator(perPixel) {
  return Number((perPixel * CSS_PX_PER_M).toPrecision(2));
}
