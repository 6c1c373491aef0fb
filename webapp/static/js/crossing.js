/**
 * Whether a name stands on somebody else's feature. Pure: boxes and paths in pixels.
 */

/**
 * @typedef {{min: {x: number, y: number}, max: {x: number, y: number}}} Box
 * @typedef {{x: number, y: number}[]} Path the vertices of a line, or of a ring whose end is not repeated
 */

/** The box around paths, or null when they have no vertex. */
export function boxOf(paths) {
  const box = { min: { x: Infinity, y: Infinity }, max: { x: -Infinity, y: -Infinity } };
  for (const { x, y } of paths.flat()) {
    box.min.x = Math.min(box.min.x, x);
    box.min.y = Math.min(box.min.y, y);
    box.max.x = Math.max(box.max.x, x);
    box.max.y = Math.max(box.max.y, y);
  }
  return box.min.x === Infinity ? null : box;
}

/** Whether two boxes share more than an edge. */
export function meets(a, b) {
  return a.min.x < b.max.x && a.max.x > b.min.x && a.min.y < b.max.y && a.max.y > b.min.y;
}

/**
 * Whether some stretch of the paths runs through a box.
 *
 * @param {Box} box
 * @param {Path[]} paths
 * @param {boolean} closed whether the last vertex of each is joined to its first
 */
export function crosses(box, paths, closed) {
  return paths.some((path) => path.some((to, place) => (place || closed) && cuts(box, path[place ? place - 1 : path.length - 1], to)));
}

function cuts({ min, max }, from, to) {
  let first = 0;
  let last = 1;
  for (const axis of ["x", "y"]) {
    const run = to[axis] - from[axis];
    if (run === 0) {
      if (from[axis] <= min[axis] || from[axis] >= max[axis]) return false;
      continue;
    }
    const [near, far] = [(min[axis] - from[axis]) / run, (max[axis] - from[axis]) / run].sort((a, b) => a - b);
    first = Math.max(first, near);
    last = Math.min(last, far);
    if (first >= last) return false;
  }
  return true;
}

/** Whether a position lies inside the rings, holes left out. */
export function encloses(rings, { x, y }) {
  let inside = false;
  for (const ring of rings) {
    ring.forEach((to, place) => {
      const from = ring[place ? place - 1 : ring.length - 1];
      if (from.y > y !== to.y > y && x < from.x + ((y - from.y) * (to.x - from.x)) / (to.y - from.y)) inside = !inside;
    });
  }
  return inside;
}

/**
 * Where a name may stand beside a line: on both sides of some places along it, the middle first, as
 * near as its size lets it.
 *
 * @param {Path} path
 * @param {{width: number, height: number, gap: number}} size
 * @returns {{x: number, y: number}[]} middles of the name's box
 */
export function besideLine(path, { width, height, gap }) {
  const steps = path.slice(1).map((to, place) => Math.hypot(to.x - path[place].x, to.y - path[place].y));
  const whole = steps.reduce((sum, step) => sum + step, 0);
  if (!whole) return [];
  return [0.5, 0.35, 0.65, 0.2, 0.8].flatMap((share) => {
    let left = whole * share;
    let place = 0;
    while (place < steps.length - 1 && steps[place] < left) left -= steps[place++];
    const [from, to] = [path[place], path[place + 1]];
    const along = { x: (to.x - from.x) / (steps[place] || 1), y: (to.y - from.y) / (steps[place] || 1) };
    const off = (Math.abs(along.y) * width) / 2 + (Math.abs(along.x) * height) / 2 + gap;
    const side = along.x < 0 ? -1 : 1;
    const at = { x: from.x + along.x * left, y: from.y + along.y * left };
    return [1, -1].map((way) => ({ x: at.x + way * side * along.y * off, y: at.y - way * side * along.x * off }));
  });
}
