/**
 * Moving the map so that a thing stands in the part that no panel covers.
 */

import { byId } from "./dom.js";

const MARGIN_PX = 32;
const MARGIN_NARROW_PX = 12;
const NARROW_PX = 600;
const SNAP = 0.25;
const CLOSEST_ZOOM = 15;
const SECONDS = 0.7;
const { L } = window;

/** Whether the reader asked for less motion. */
export function still() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * When the map stands still: Leaflet ignores a new view while it is zooming to an earlier one.
 *
 * @returns {Promise<void>}
 */
export function standing(map) {
  if (!map.getPane("mapPane").classList.contains("leaflet-zoom-anim")) return Promise.resolve();
  return new Promise((resolve) => map.once("zoomend", () => resolve()));
}

/**
 * @param {{map: Object}} options
 */
export function createViewer({ map }) {
  map.options.zoomSnap = SNAP;

  /** Pixels of the map that panels cover, by side. */
  function covered() {
    const frame = map.getContainer().getBoundingClientRect();
    const sides = { left: 0, right: 0, top: 0, bottom: 0 };
    for (const node of [byId("panel"), byId("card")]) {
      const box = node.getBoundingClientRect();
      const seen = box.height > 0 && getComputedStyle(node).visibility === "visible";
      if (seen) cover(sides, frame, box, node.classList.contains("is-closed"));
    }
    return sides;
  }

  function padding() {
    const { left, right, top, bottom } = covered();
    const margin = map.getSize().x < NARROW_PX ? MARGIN_NARROW_PX : MARGIN_PX;
    return { paddingTopLeft: [left + margin, top + margin], paddingBottomRight: [right + margin, bottom + margin] };
  }

  return {
    /** Show the whole of some bounds. */
    fit(bounds, { animate = true, closest = CLOSEST_ZOOM } = {}) {
      const options = { ...padding(), maxZoom: closest };
      if (animate && !still()) map.flyToBounds(bounds, { ...options, duration: SECONDS });
      else map.fitBounds(bounds, { ...options, animate: false });
    },

    /** Bounds of the part of the map that no panel covers. */
    seen() {
      const { left, right, top, bottom } = covered();
      const size = map.getSize();
      const corners = [L.point(left, size.y - bottom), L.point(size.x - right, top)];
      return L.latLngBounds(corners.map((corner) => map.containerPointToLatLng(corner)));
    },

    /** Bring a position out from under the panels, without changing the scale. */
    reveal(latlng) {
      const { left, right, top, bottom } = covered();
      map.panInside(latlng, {
        paddingTopLeft: L.point(left + MARGIN_PX, top + MARGIN_PX),
        paddingBottomRight: L.point(right + MARGIN_PX, bottom + MARGIN_PX),
        animate: !still(),
      });
    },
  };
}

function cover(sides, frame, box, shut) {
  const wide = box.width > frame.width * 0.7;
  if (wide && box.top > frame.top + frame.height * 0.1) sides.bottom = Math.max(sides.bottom, frame.bottom - box.top);
  else if (wide || shut) return;
  else if (box.left - frame.left < frame.right - box.right) sides.left = Math.max(sides.left, box.right - frame.left);
  else sides.right = Math.max(sides.right, frame.right - box.left);
}
