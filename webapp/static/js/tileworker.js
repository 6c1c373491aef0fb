/**
 * The worker of tiled layers: fetches, reads, draws and searches tiles beside the page, which only
 * puts finished pictures in their places.
 */

import { decode, valueOf } from "./mvt.js";
import { attributesOf } from "./tileattributes.js";
import { cut } from "./tilecut.js";
import { ALL, admitting } from "./tilefilter.js";
import { looksOf, paint, symbolAt } from "./tilepaint.js";
import { boxesOf, outline, under } from "./tileshapes.js";

/** Tiles that nobody shows now and that may be wanted again at once. */
const KEPT = 48;

/** @type {Map<string, {address: string, flat: import("./tileflat.js").Flat|null, style: Object, wanted: Object, attributes: string[]}>} */
const layers = new Map();
/** @type {Map<string, {users: Set<string>, abort: AbortController, loading: Promise, tile: Object|null, at: Object}>} */
const sources = new Map();
/** What is to be drawn, by the key of the page: the last that was asked. */
const wishes = new Map();

const acts = {
  /** A layer is there: its tiles have an address, or are cut from flat arrays. */
  layer({ id, address, flat, style }) {
    layers.set(id, { address, flat, style, wanted: ALL, attributes: attributesOf(style) });
  },

  /** Only these features of a layer are drawn from now on. */
  want({ id, wanted }) {
    layers.get(id).wanted = wanted;
  },

  async draw(wish) {
    wishes.set(wish.key, wish);
    const source = sourceOf(wish);
    source.users.add(wish.key);
    try {
      await source.loading;
    } catch (problem) {
      if (wishes.get(wish.key) === wish) postMessage({ type: "failed", key: wish.key, status: problem.status || 0 });
      return;
    }
    if (wishes.get(wish.key) === wish) draw(wish, source.tile);
  },

  drop({ key, layer, at }) {
    wishes.delete(key);
    const source = sources.get(nameOf(layer, at));
    if (!source) return;
    source.users.delete(key);
    forget();
  },

  /** What lies under a place of a tile. */
  hit({ number, layer, at, x, y, reach }) {
    const source = sources.get(nameOf(layer, at));
    postMessage({ type: "answer", number, found: source && source.tile ? hits(layers.get(layer), source.tile, { x, y, reach }) : [] });
  },

  /** The outlines of a feature in all tiles of a level. */
  trace({ number, layer, id, zoom }) {
    const shown = [...sources.values()].filter((source) => source.layer === layer && source.at.z === zoom && source.tile && source.users.size);
    postMessage({ type: "answer", number, found: shown.flatMap((source) => pieces(source, id)) });
  },
  /** The features of a level that are drawn within a box of the world, unless there are too many. */
  near({ number, layer, zoom, box, most }) {
    const shown = [...sources.values()].filter((source) => source.layer === layer && source.at.z === zoom && source.tile && source.users.size);
    const found = [];
    for (const source of shown) {
      if (found.length > most) break;
      found.push(...nearIn(layers.get(layer), source, box, most));
    }
    postMessage({ type: "answer", number, found: found.length > most ? [null] : found });
  },
};

onmessage = ({ data }) => acts[data.type](data);

function nameOf(layer, { z, x, y }) {
  return `${layer}/${z}/${x}/${y}`;
}

function sourceOf({ layer, at }) {
  const name = nameOf(layer, at);
  if (!sources.has(name)) {
    const source = { layer, at, users: new Set(), abort: new AbortController(), tile: null, loading: null };
    source.loading = load(layers.get(layer), layer, source);
    source.loading.catch(() => sources.get(name) === source && sources.delete(name));
    sources.set(name, source);
  }
  return sources.get(name);
}

async function load({ address, flat, attributes }, layer, source) {
  if (flat) {
    source.tile = cut(flat, source.at);
    return;
  }
  const url = address.replace(/\{([zxy])\}/g, (_, name) => source.at[name]);
  const answer = await fetch(url, { signal: source.abort.signal });
  if (answer.status === 204) return;
  if (!answer.ok) throw Object.assign(new Error(url), { status: answer.status });
  source.tile = decode(await answer.arrayBuffer(), layer, attributes);
}

/** Let go of what nobody shows, the oldest first; what is still on its way is not waited for. */
function forget() {
  const idle = [...sources].filter(([, source]) => source.users.size === 0);
  for (const [name, source] of idle) if (!source.tile) drop(name, source);
  const kept = idle.filter(([, source]) => source.tile);
  for (const [name, source] of kept.slice(0, Math.max(0, kept.length - KEPT))) drop(name, source);
}

function drop(name, source) {
  source.abort.abort();
  sources.delete(name);
}

function draw({ key, layer, part, size, ratio, scale }, tile) {
  const { style, wanted } = layers.get(layer);
  if (!tile) {
    postMessage({ type: "drawn", key, bitmap: null, count: 0 });
    return;
  }
  const canvas = new OffscreenCanvas(size, size);
  const shown = { zoomed: part.zoomed, x: part.x * tile.extent, y: part.y * tile.extent };
  const count = paint(canvas.getContext("2d"), tile, { style, admitted: admitting(tile, wanted), part: shown, size, ratio, scale });
  const bitmap = canvas.transferToImageBitmap();
  postMessage({ type: "drawn", key, bitmap, count }, [bitmap]);
}

/** Places are shares of the tile, so that nobody else need know its units. */
function hits({ style, wanted, attributes }, tile, { x, y, reach }) {
  const near = { line: reach.line * tile.extent, point: reach.point * tile.extent };
  const found = under(tile, x * tile.extent, y * tile.extent, near, admitting(tile, wanted));
  return found.map((place) => ({
    kind: tile.kinds[place],
    schematic: symbolAt(style, looksOf(tile, style)[place]).schematic,
    extent: area(boxesOf(tile), place) / tile.extent ** 2,
    properties: propertiesOf(tile, place, attributes),
  }));
}

/** Pieces of the features of a tile that touch a box; one more than there may be, or less. */
function nearIn({ wanted, attributes }, { tile, at }, box, most) {
  const admitted = admitting(tile, wanted);
  const boxes = boxesOf(tile);
  const edges = box.map((edge, side) => (edge * 2 ** at.z - (side % 2 ? at.y : at.x)) * tile.extent);
  const touches = (place) => boxes[4 * place] <= edges[2] && boxes[4 * place + 2] >= edges[0] && boxes[4 * place + 1] <= edges[3] && boxes[4 * place + 3] >= edges[1];
  const found = [];
  for (let place = 0; place < tile.count && found.length <= most; place += 1) {
    if (touches(place) && admitted(place)) found.push({ at, kind: tile.kinds[place], properties: propertiesOf(tile, place, attributes), paths: pathsOf(tile, place) });
  }
  return found;
}

function propertiesOf(tile, place, attributes) {
  return Object.fromEntries(attributes.map((name) => [name, valueOf(tile, place, name)]));
}

function pathsOf(tile, place) {
  const { paths, vertices, xy, extent } = tile;
  const own = Array.from({ length: paths[place + 1] - paths[place] }, (_, turn) => paths[place] + turn);
  return own.map((path) => Array.from(xy.subarray(2 * vertices[path], 2 * vertices[path + 1]), (value) => value / extent));
}

function area(boxes, place) {
  const [west, north, east, south] = boxes.subarray(4 * place, 4 * place + 4);
  return (east - west) * (south - north);
}

function pieces({ tile, at }, id) {
  const { codes, values } = tile.columns.id;
  const code = values.indexOf(id);
  if (code < 0) return [];
  const places = [...codes.keys()].filter((place) => codes[place] === code);
  return places.map((place) => ({ at, kind: tile.kinds[place], paths: outline(tile, place).map((path) => path.map((value) => value / tile.extent)) }));
}
