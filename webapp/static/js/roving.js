/**
 * The drawn features as one stop of the tab key: arrow keys go from one to the next in the order of the
 * layers, Enter opens the card.
 */

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * @param {Object} options
 * @param {Object} options.map
 * @param {Object} options.drawing
 * @param {() => string[]} options.order ids of the layers, topmost first
 * @param {(id: string) => void} options.open
 * @param {(latlng: Object) => void} options.reveal brings a position into sight
 * @returns {{update: () => void}}
 */
export function createRoving({ map, drawing, order, open, reveal }) {
  const container = map.getContainer();
  let current = null;
  // Whether the reader has come to it; until then it is the first, whichever layer is drawn first.
  let reached = false;

  function stops() {
    const places = new Map(order().map((id, place) => [id, place]));
    return drawing
      .named()
      .filter((mark) => mark.layer.role === "projects" || mark.dimension === 0)
      .sort((a, b) => places.get(a.layer.id) - places.get(b.layer.id) || a.feature.id.localeCompare(b.feature.id, "en", { numeric: true }));
  }

  function update() {
    const marks = stops();
    if (!reached || !marks.some((mark) => mark.feature.id === current)) current = marks.length ? marks[0].feature.id : null;
    for (const mark of marks) nodeOf(mark)?.setAttribute("tabindex", mark.feature.id === current ? "0" : "-1");
  }

  function go(mark) {
    if (!mark) return;
    current = mark.feature.id;
    reached = true;
    update();
    const [lon, lat] = mark.anchor;
    reveal({ lat, lng: lon });
    nodeOf(mark)?.focus({ preventScroll: true });
  }

  function turn(event, id) {
    const marks = stops();
    const at = marks.findIndex((mark) => mark.feature.id === id);
    if (event.key in STEPS) go(marks[(at + STEPS[event.key] + marks.length) % marks.length]);
    else if (event.key === "Home") go(marks[0]);
    else if (event.key === "End") go(marks[marks.length - 1]);
    else if (event.key === "Enter" || event.key === " ") open(id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  container.addEventListener("keydown", (event) => {
    const node = event.target.closest("[data-id][tabindex]");
    if (node && !event.altKey && !event.ctrlKey && !event.metaKey) turn(event, node.dataset.id);
  });
  container.addEventListener("focusin", (event) => {
    const node = event.target.closest("[data-id][tabindex]");
    if (node) reached = true;
    if (!node || node.dataset.id === current) return;
    current = node.dataset.id;
    update();
  });
  // A pointer that takes hold of a line moves the map, which keeps the keys for moving.
  container.addEventListener("mousedown", (event) => event.target.closest("path[tabindex]") && event.preventDefault());
  map.on("zoomend", update);
  return { update };
}

function nodeOf(mark) {
  return mark.main.getElement && mark.main.getElement();
}
