/**
 * Lengths and areas in the plane of the zone's metric CRS, as `geo.measure` gives them on the server.
 * Pure: positions are [longitude, latitude] in degrees, results metres and square metres.
 */

const M2_PER_HECTARE = 10000;
const MU_PER_HECTARE = 15;

/**
 * A function from degrees to metres.
 *
 * @param {Function} proj4 the proj4 library
 * @param {string} definition PROJ text of the metric CRS
 * @returns {(position: [number, number]) => [number, number]} easting, northing in metres
 */
export function projector(proj4, definition) {
  const transform = proj4("EPSG:4326", definition);
  return (position) => transform.forward([position[0], position[1]]);
}

/**
 * Length of a line through positions, in metres.
 *
 * @param {[number, number][]} positions
 * @param {(position: [number, number]) => [number, number]} project
 */
export function lengthM(positions, project) {
  const points = positions.map(project);
  return points.slice(1).reduce((sum, point, place) => sum + distance(points[place], point), 0);
}

/** Perimeter of the ring through positions, in metres. */
export function perimeterM(positions, project) {
  return positions.length < 3 ? 0 : lengthM([...positions, positions[0]], project);
}

/** Area inside the ring through positions, in square metres; NaN when the ring crosses itself. */
export function areaM2(positions, project) {
  if (positions.length < 3) return 0;
  const points = positions.map(project);
  if (crossesItself(points)) return NaN;
  const [x0, y0] = points[0];
  const local = points.map(([x, y]) => [x - x0, y - y0]);
  const twice = local.reduce((sum, [x, y], place) => {
    const [nextX, nextY] = local[(place + 1) % local.length];
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice) / 2;
}

function distance([x0, y0], [x1, y1]) {
  return Math.hypot(x1 - x0, y1 - y0);
}

/**
 * Whether two sides of a ring that are no neighbours cross.
 *
 * @param {[number, number][]} ring in a plane, the first point not repeated
 */
export function crossesItself(ring) {
  const count = ring.length;
  for (let i = 0; i < count; i += 1) {
    for (let j = i + 2; j < count; j += 1) {
      const neighbours = i === 0 && j === count - 1;
      if (!neighbours && cross(ring[i], ring[i + 1], ring[j], ring[(j + 1) % count])) return true;
    }
  }
  return false;
}

function cross(a, b, c, d) {
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

function side([x0, y0], [x1, y1], [x, y]) {
  return Math.sign((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0));
}

/**
 * A length in the unit that suits it.
 *
 * @param {number} metres
 * @param {(value: number, decimals: number) => string} [write] writes a number
 */
export function formatLength(metres, write = plain) {
  if (!Number.isFinite(metres)) return "—";
  return metres < 1000 ? `${write(metres, metres < 100 ? 1 : 0)} m` : `${write(metres / 1000, 3)} km`;
}

/**
 * An area in square metres, hectares and mu (1 公顷 = 15 亩), each converted from square metres.
 *
 * @param {number} squareMetres
 * @param {(value: number, decimals: number) => string} [write]
 * @param {{m2: string, ha: string, mu: string}} [units]
 * @returns {string[]}
 */
export function formatArea(squareMetres, write = plain, units = { m2: "㎡", ha: "公顷", mu: "亩" }) {
  if (!Number.isFinite(squareMetres)) return ["—"];
  const hectares = squareMetres / M2_PER_HECTARE;
  return [
    `${write(squareMetres, 0)} ${units.m2}`,
    `${write(hectares, hectares < 1 ? 4 : 2)} ${units.ha}`,
    `${write(hectares * MU_PER_HECTARE, hectares < 1 ? 2 : 1)} ${units.mu}`,
  ];
}

function plain(value, decimals) {
  return String(Number(value.toFixed(decimals)));
}
