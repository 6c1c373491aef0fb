/**
 * The grid of tiles. Pure.
 */

/**
 * Where a square of the map is drawn from: its own tile or, beyond the last level, a part of a larger
 * one.
 *
 * @returns {{at: {z: number, x: number, y: number}, part: {zoomed: number, x: number, y: number}}} the
 *   tile, and its part: how many times as wide as the square it is, and where the square begins, as
 *   shares of it
 */
export function sourceOf({ x, y, z }, maxZoom) {
  const zoomed = 2 ** Math.max(0, z - maxZoom);
  const at = { z: Math.min(z, maxZoom), x: Math.floor(x / zoomed), y: Math.floor(y / zoomed) };
  return { at, part: { zoomed, x: (x % zoomed) / zoomed, y: (y % zoomed) / zoomed } };
}

/**
 * Degrees of a place of a tile, given as shares of it.
 *
 * @returns {[number, number]} latitude, longitude
 */
export function degrees({ z, x, y }, right, down) {
  const across = 2 ** z;
  const north = Math.PI * (1 - (2 * (y + down)) / across);
  return [(Math.atan(Math.sinh(north)) * 180) / Math.PI, ((x + right) / across) * 360 - 180];
}
