/**
 * Where a shape's name and badge stand, and how large it is: for drawing only, never for a figure.
 * Pure: GeoJSON geometries in degrees.
 */

/** Parts of a geometry as single lines, rings of polygons (outer first) or points. */
export function parts(geometry) {
  const { type, coordinates } = geometry;
  if (type === "GeometryCollection") return geometry.geometries.flatMap(parts);
  if (type.startsWith("Multi")) return coordinates.map((part) => ({ type: type.slice(5), coordinates: part }));
  return [{ type, coordinates }];
}

/** 0 for points, 1 for lines, 2 for polygons: the greatest among the parts. */
export function dimension(geometry) {
  const types = parts(geometry).map((part) => part.type);
  if (types.includes("Polygon")) return 2;
  return types.includes("LineString") ? 1 : 0;
}

/**
 * West, south, east, north.
 *
 * @returns {[number, number, number, number]}
 */
export function bounds(geometry) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of positions(geometry)) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
}

function positions(geometry) {
  const depth = { Point: 0, LineString: 1, Polygon: 2 };
  return parts(geometry).flatMap((part) =>
    depth[part.type] ? part.coordinates.flat(depth[part.type] - 1) : [part.coordinates],
  );
}

/** Extent of a shape in square degrees: what is small is picked before what is large. */
export function extent(geometry) {
  const [west, south, east, north] = bounds(geometry);
  return (east - west) * (north - south);
}

/**
 * A position on the shape for its name: the point itself, the middle of the longest line, the inside of
 * the largest polygon.
 *
 * @returns {[number, number]}
 */
export function anchor(geometry) {
  const all = parts(geometry);
  const polygons = all.filter((part) => part.type === "Polygon");
  if (polygons.length) return inside(largest(polygons, (part) => ringArea(part.coordinates[0])).coordinates);
  const lines = all.filter((part) => part.type === "LineString");
  if (lines.length) return middle(largest(lines, (part) => lineLength(part.coordinates)).coordinates);
  return all[0].coordinates;
}

function largest(list, size) {
  return list.reduce((best, item) => (size(item) > size(best) ? item : best));
}

/** The position half way along a line. */
export function middle(line) {
  let left = lineLength(line) / 2;
  for (let place = 1; place < line.length; place += 1) {
    const step = span(line[place - 1], line[place]);
    if (step >= left && step > 0) return between(line[place - 1], line[place], left / step);
    left -= step;
  }
  return line[line.length - 1];
}

function lineLength(line) {
  return line.slice(1).reduce((sum, point, place) => sum + span(line[place], point), 0);
}

function span([x0, y0], [x1, y1]) {
  return Math.hypot((x1 - x0) * Math.cos((y0 * Math.PI) / 180), y1 - y0);
}

function between([x0, y0], [x1, y1], share) {
  return [x0 + (x1 - x0) * share, y0 + (y1 - y0) * share];
}

function ringArea(ring) {
  const twice = ring.slice(1).reduce((sum, [x, y], place) => sum + ring[place][0] * y - x * ring[place][1], 0);
  return Math.abs(twice) / 2;
}

/** The centre of the widest stretch of a polygon on the level of its middle. */
function inside(rings) {
  const ys = rings[0].map(([, y]) => y);
  const level = (Math.min(...ys) + Math.max(...ys)) / 2 + 1e-9;
  const cuts = rings.flatMap((ring) => crossings(ring, level)).sort((a, b) => a - b);
  let best = [rings[0][0][0], rings[0][0][0]];
  for (let place = 0; place + 1 < cuts.length; place += 2) {
    if (cuts[place + 1] - cuts[place] > best[1] - best[0]) best = [cuts[place], cuts[place + 1]];
  }
  return [(best[0] + best[1]) / 2, level];
}

/** Whether a position lies inside a polygon. */
export function contains(geometry, { lng, lat }) {
  const polygons = parts(geometry).filter((part) => part.type === "Polygon");
  return polygons.some(({ coordinates }) => coordinates.flatMap((ring) => crossings(ring, lat)).filter((x) => x < lng).length % 2 === 1);
}

function crossings(ring, level) {
  const found = [];
  for (let place = 1; place < ring.length; place += 1) {
    const [x0, y0] = ring[place - 1];
    const [x1, y1] = ring[place];
    if (y0 > level !== y1 > level) found.push(x0 + ((level - y0) * (x1 - x0)) / (y1 - y0));
  }
  return found;
}
