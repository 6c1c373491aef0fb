/**
 * Changing a shape vertex by vertex. Pure: GeoJSON geometries in degrees go in, new ones come out.
 * A vertex is addressed by its indices in the coordinates; the end of a ring, which repeats its
 * beginning, is no vertex of its own.
 */

const DECIMALS = 8;
const DEPTHS = { Point: 0, MultiPoint: 1, LineString: 1, MultiLineString: 2, Polygon: 2, MultiPolygon: 3 };
const LEAST = { LineString: 2, MultiLineString: 2, Polygon: 3, MultiPolygon: 3 };

/** Whether the paths of a geometry are rings. */
export function isRing(geometry) {
  return geometry.type.endsWith("Polygon");
}

/** Lines and rings (without the repeated end) with their address; a point is a path of one. */
export function paths(geometry) {
  const found = [];
  const walk = (value, depth, at) => {
    if (depth > 1) value.forEach((part, place) => walk(part, depth - 1, [...at, place]));
    else if (depth === 1) found.push({ at, positions: isRing(geometry) ? value.slice(0, -1) : value });
    else found.push({ at: null, positions: [value] });
  };
  walk(geometry.coordinates, DEPTHS[geometry.type], []);
  return found;
}

/** Every vertex with its address. */
export function vertices(geometry) {
  return paths(geometry).flatMap(({ at, positions }) => positions.map((position, place) => ({ at: at ? [...at, place] : [], position })));
}

/** The middle of every side, with the address that a vertex put there gets. */
export function middles(geometry) {
  if (geometry.type.endsWith("Point")) return [];
  return paths(geometry).flatMap(({ at, positions }) =>
    positions.flatMap((position, place) => {
      const next = positions[place + 1] || (isRing(geometry) ? positions[0] : null);
      return next ? [{ at: [...at, place + 1], position: [(position[0] + next[0]) / 2, (position[1] + next[1]) / 2] }] : [];
    }),
  );
}

/** The geometry with one vertex elsewhere. */
export function moved(geometry, at, position) {
  if (!at.length) return { ...geometry, coordinates: tidy(position) };
  return changed(geometry, at, (path, place) => path.splice(place, 1, tidy(position)));
}

/** The geometry with one more vertex. */
export function inserted(geometry, at, position) {
  return changed(geometry, at, (path, place) => path.splice(place, 0, tidy(position)));
}

/** The geometry without a vertex; null where too few would be left. */
export function without(geometry, at) {
  const path = paths(geometry).find((one) => one.at && one.at.join() === at.slice(0, -1).join());
  if (!path || path.positions.length <= (LEAST[geometry.type] || 1)) return null;
  return changed(geometry, at, (positions, place) => positions.splice(place, 1));
}

/** The whole geometry, shifted by degrees. */
export function shifted(geometry, [east, north]) {
  const walk = (value) => (typeof value[0] === "number" ? tidy([value[0] + east, value[1] + north]) : value.map(walk));
  return { ...geometry, coordinates: walk(geometry.coordinates) };
}

/** A geometry of positions that were set one by one; null while they are too few. */
export function made(type, positions) {
  if (positions.length < (LEAST[type] || 1)) return null;
  const tidied = positions.map(tidy);
  if (type === "Point") return { type, coordinates: tidied[0] };
  return { type, coordinates: type === "Polygon" ? [[...tidied, tidied[0]]] : tidied };
}

/**
 * The nearest of some places within a distance, or null.
 *
 * @param {{x: number, y: number}} point in pixels
 * @param {{x: number, y: number}[]} places in pixels
 */
export function nearest(point, places, most) {
  let best = null;
  let least = most;
  for (const place of places) {
    const distance = Math.hypot(place.x - point.x, place.y - point.y);
    if (distance <= least) [best, least] = [place, distance];
  }
  return best;
}

function changed(geometry, at, change) {
  const coordinates = structuredClone(geometry.coordinates);
  const path = at.slice(0, -1).reduce((value, place) => value[place], coordinates);
  const ring = isRing(geometry);
  if (ring) path.pop();
  change(path, at[at.length - 1]);
  if (ring) path.push([...path[0]]);
  return { ...geometry, coordinates };
}

function tidy([lon, lat]) {
  return [Number(lon.toFixed(DECIMALS)), Number(lat.toFixed(DECIMALS))];
}
