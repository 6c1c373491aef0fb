/**
 * All layers that are made of vector tiles: drawn by workers, and asked what lies under a place.
 */

import { base } from "./data.js";
import { reacts } from "./marks.js";
import { toProject } from "./project.js";
import { degrees } from "./tilegrid.js";
import { joined } from "./tilenear.js";
import { TileLayer } from "./tilelayer.js";
import { createPool } from "./tilepool.js";

const LINE_REACH_PX = 9;
const LINE_REACH_TOUCH_PX = 15;
const POINT_REACH_PX = 12;
/** Half of an outline, and what is lost where pixels are whole. */
const EDGE_REACH_PX = 1.5;

/** Whether a layer is made of tiles. */
export function isTiled(layer) {
  return Boolean(layer.tiled);
}

/**
 * @param {Object} options
 * @param {Object} options.map
 * @param {Object[]} options.layers the tiled ones of `/layers`
 * @param {Object} options.wholes features of large layers that the page holds itself
 * @param {(layer: Object, status: number, retry: () => void) => void} options.failed a tile cannot be had
 */
export function createTiled({ map, layers, wholes, failed }) {
  const pool = layers.length ? createPool({ drawn: (answer) => of(answer.key).drawn(answer), failed: (answer) => of(answer.key).failed(answer) }) : null;
  const groups = Object.fromEntries(layers.map((layer) => [layer.id, begin(layer)]));
  const coarse = window.matchMedia("(pointer: coarse)").matches;

  function of(key) {
    return groups[key.slice(0, key.indexOf("/"))];
  }

  function begin(layer) {
    pool.tell({ type: "layer", id: layer.id, address: `${location.origin}${base()}${layer.links.tiles}`, flat: wholes.flat(layer.id), style: layer.style });
    const [least, most] = layer.zoom || [0, 24];
    const group = new TileLayer(layer, { pane: `huitu-${layer.id}`, minZoom: Math.max(least, layer.tiles.min_zoom), maxZoom: most }, pool.send);
    group.on("huitu:failed", ({ status }) => failed(layer, status, () => group.retry()));
    return group;
  }

  function shown() {
    return layers.map((layer) => groups[layer.id]).filter((group) => map.hasLayer(group));
  }

  async function hits(group, latlng) {
    const place = group.tileAt(latlng);
    if (!place) return [];
    const reach = { line: (coarse ? LINE_REACH_TOUCH_PX : LINE_REACH_PX) * place.px, point: POINT_REACH_PX * place.px, edge: EDGE_REACH_PX * place.px };
    const found = await pool.ask({ type: "hit", layer: group.layer.id, at: place.at, x: place.x, y: place.y, reach });
    const across = (360 / 2 ** place.at.z) ** 2;
    return found.map((hit) => markOf(group.layer, hit, latlng, across)).filter((mark) => reacts(mark.layer, mark.dimension));
  }

  return {
    /** Whether there is any. */
    any: layers.length > 0,

    /** Leaflet's layer for each of them. */
    groups,

    /** Draw only what passes; see {@link import("./tilefilter.js").Wanted}. */
    filter(id, wanted) {
      pool.tell({ type: "want", id, wanted });
      groups[id].repaint();
    },

    /** Draw everything anew: widths and pixels have changed. */
    repaint: () => shown().forEach((group) => group.repaint()),

    /** What lies under a place, as marks; see {@link import("./marks.js").Mark}. */
    under: async (latlng) => (await Promise.all(shown().map((group) => hits(group, latlng)))).flat(),

    /** The outline of a feature as far as it is in sight: lines of latitude and longitude. */
    async outline({ layer, feature }) {
      const pieces = await pool.askAll({ type: "trace", layer: layer.id, id: feature.id, zoom: groups[layer.id].sourceZoom() });
      return pieces.flatMap(({ at, paths }) => paths.map((path) => toLatLngs(at, path)));
    },

    /** Features of a layer that are drawn in sight, as far as tiles know them; none where they are many. */
    async near(id, most) {
      if (!map.hasLayer(groups[id])) return [];
      const pieces = await pool.askAll({ type: "near", layer: id, zoom: groups[id].sourceZoom(), box: worldBox(map), most });
      return pieces.includes(null) ? [] : joined(pieces);
    },

    /** Be told whenever all tiles of a layer in sight are drawn. */
    onSettled: (act) => Object.values(groups).forEach((group) => group.on("huitu:settled", act)),

    /** Whether every tile in sight is drawn now. */
    isSettled: () => shown().every((group) => group.settled()),

    /** When every tile in sight is drawn. */
    settled: () => Promise.all(shown().filter((group) => !group.settled()).map((group) => new Promise((resolve) => group.once("huitu:settled", resolve)))),
  };
}

/** West, north, east and south of what is in sight, in the square of the world. */
function worldBox(map) {
  const { min, max } = map.getPixelBounds();
  const size = 256 * 2 ** map.getZoom();
  return [min.x / size, min.y / size, max.x / size, max.y / size];
}

function markOf(layer, { kind, schematic, extent, properties }, latlng, across) {
  const feature = { ...toProject(layer.id, { id: properties.id, properties, geometry: null }), located: true, schematic };
  return { feature, layer, dimension: kind - 1, extent: extent * across, anchor: [latlng.lng, latlng.lat], tiled: true };
}

function toLatLngs(at, path) {
  return Array.from({ length: path.length / 2 }, (_, place) => degrees(at, path[2 * place], path[2 * place + 1]));
}
