/**
 * Tiles cut from flat arrays, in the worker of a page that has no server. Pure. Shapes are not
 * clipped: the canvas shows no more than its square.
 */

const EXTENT = 4096;
/** Units around a tile that are drawn too, for strokes and marks that reach over its edge. */
const BUFFER = 64;

/**
 * @param {import("./tileflat.js").Flat} flat
 * @param {{z: number, x: number, y: number}} at
 * @returns {import("./mvt.js").Tile|null} null where nothing lies; the rows are places in the flat
 *   arrays, from 1
 */
export function cut(flat, { z, x, y }) {
  const scale = EXTENT * 2 ** z;
  const grid = { scale, left: x * EXTENT, top: y * EXTENT };
  const chosen = touching(flat.boxes, grid);
  if (!chosen.length) return null;
  return { extent: EXTENT, count: chosen.length, rows: Float64Array.from(chosen, (place) => place + 1), kinds: Uint8Array.from(chosen, (place) => flat.kinds[place]), ...shapes(flat, chosen, grid), columns: columns(flat, chosen) };
}

function touching(boxes, { scale, left, top }) {
  const [west, north] = [(left - BUFFER) / scale, (top - BUFFER) / scale];
  const [east, south] = [(left + EXTENT + BUFFER) / scale, (top + EXTENT + BUFFER) / scale];
  const found = [];
  for (let at = 0; at < boxes.length; at += 4) {
    if (boxes[at] <= east && boxes[at + 2] >= west && boxes[at + 1] <= south && boxes[at + 3] >= north) found.push(at / 4);
  }
  return found;
}

function shapes(flat, chosen, { scale, left, top }) {
  const { paths: from, vertices: of } = flat;
  const sum = (size) => chosen.reduce((all, place) => all + size(place), 0);
  const paths = new Uint32Array(chosen.length + 1);
  const vertices = new Uint32Array(sum((place) => from[place + 1] - from[place]) + 1);
  const xy = new Int32Array(2 * sum((place) => of[from[place + 1]] - of[from[place]]));
  let [path, vertex] = [0, 0];
  chosen.forEach((place, turn) => {
    for (let one = from[place]; one < from[place + 1]; one += 1) {
      for (let at = of[one]; at < of[one + 1]; at += 1, vertex += 1) {
        xy[2 * vertex] = Math.round(flat.xy[2 * at] * scale - left);
        xy[2 * vertex + 1] = Math.round(flat.xy[2 * at + 1] * scale - top);
      }
      path += 1;
      vertices[path] = vertex;
    }
    paths[turn + 1] = path;
  });
  return { paths, vertices, xy };
}

function columns(flat, chosen) {
  const own = ({ codes, values }) => ({ codes: Int32Array.from(chosen, (place) => codes[place]), values });
  return Object.fromEntries(Object.entries(flat.columns).map(([name, column]) => [name, own(column)]));
}
