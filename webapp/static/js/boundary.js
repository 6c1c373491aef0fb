/**
 * A boundary as GeoJSON, from the points that somebody set. Pure.
 */

const DECIMALS = 7;

/**
 * A closed ring, counter-clockwise as RFC 7946 has it.
 *
 * @param {[number, number][]} points longitude and latitude in degrees, at least three, not closed
 */
export function ringOf(points) {
  const round = (degrees) => Number(degrees.toFixed(DECIMALS));
  const ring = points.map(([lon, lat]) => [round(lon), round(lat)]);
  if (turn(ring) < 0) ring.reverse();
  return { type: "Polygon", coordinates: [[...ring, ring[0]]] };
}

/** Twice the signed area: positive when the points go counter-clockwise. */
function turn(ring) {
  return ring.reduce((sum, [x, y], place) => {
    const [nextX, nextY] = ring[(place + 1) % ring.length];
    return sum + x * nextY - nextX * y;
  }, 0);
}

/** How many different points a ring has. */
export function vertices(polygon) {
  return polygon.coordinates[0].length - 1;
}
