/**
 * A layer of the map that is made of vector tiles: Leaflet keeps the grid, so that far tiles stay in
 * sight until the near ones are drawn; a worker draws each tile.
 */

import { scaleAt } from "./symbols.js";
import { sourceOf } from "./tilegrid.js";

const { L } = window;
const TILE_PX = 256;
const PAPER_RATIO = 3;

export const TileLayer = L.GridLayer.extend({
  /**
   * @param {Object} layer of `/layers`, with `tiles`
   * @param {Object} options of Leaflet
   * @param {(message: Object) => void} send to the worker of a tile
   */
  initialize(layer, options, send) {
    L.GridLayer.prototype.initialize.call(this, { tileSize: TILE_PX, updateWhenZooming: false, keepBuffer: 1, className: "tiled", ...options });
    this.layer = layer;
    this.send = send;
    /** How often somebody asked again for what could not be had. */
    this.retries = 0;
    /** @type {Map<string, {key: string, canvas: HTMLCanvasElement, coords: Object, how: Object, done: Function|null, busy: boolean, stale: boolean, failed: boolean, asked: number}>} */
    this.squares = new Map();
    this.on("tileunload", ({ coords }) => this.leave(this.keyOf(coords)));
  },

  createTile(coords, done) {
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "presentation");
    canvas.dataset.layer = this.layer.id;
    const square = { key: this.keyOf(coords), canvas, coords: { x: coords.x, y: coords.y, z: coords.z }, done, how: null, busy: false, stale: false, failed: false, asked: 0 };
    this.squares.set(square.key, square);
    this.wish(square);
    return canvas;
  },

  keyOf({ x, y, z }) {
    return `${this.layer.id}/${z}/${x}/${y}`;
  },

  /** Leaflet throws all squares away before a jump; they stay, so that nothing is blank after it. */
  getEvents() {
    const { viewprereset: _, ...events } = L.GridLayer.prototype.getEvents.call(this);
    return { ...events, zoomend: this.freshen };
  },

  /** Ask for the picture of a square; while one is under way, once more after it. */
  wish(square) {
    if (square.busy) {
      square.stale = true;
      return;
    }
    square.busy = true;
    square.stale = false;
    square.asked = this.retries;
    square.how = this.how();
    const { at, part } = sourceOf(square.coords, this.layer.tiles.max_zoom);
    this.send({ type: "draw", key: square.key, layer: this.layer.id, at, part, size: Math.round(TILE_PX * square.how.ratio), ...square.how });
  },

  /**
   * How finely and how widely tiles are drawn now: between two whole zooms Leaflet stretches them, and
   * lines must not be stretched with them.
   */
  how() {
    const zoom = this._map.getZoom();
    const stretched = this._map.getZoomScale(zoom, this._clampZoom(Math.round(zoom)));
    return { ratio: this.ratio() * Math.max(1, stretched), scale: scaleAt(zoom) / stretched };
  },

  /** Draw what stands at another scale than it was drawn for. */
  freshen() {
    const { ratio, scale } = this.how();
    for (const square of this.squares.values()) {
      if (square.coords.z === this._tileZoom && (square.how.ratio !== ratio || square.how.scale !== scale)) this.wish(square);
    }
  },

  /** Pixels of a canvas for each of the page: all that the screen has, and enough for paper. */
  ratio() {
    return document.body.classList.contains("is-printing") ? PAPER_RATIO : Math.max(1, window.devicePixelRatio || 1);
  },

  /** A picture came. */
  drawn({ key, bitmap, count }) {
    const square = this.squares.get(key);
    if (!square) {
      if (bitmap) bitmap.close();
      return;
    }
    show(square.canvas, bitmap);
    square.canvas.dataset.features = String(count);
    this.settle(square);
  },

  /** A picture cannot be had; the square stays empty, and its neighbours are none the worse. */
  failed({ key, status }) {
    const square = this.squares.get(key);
    if (!square) return;
    if (square.asked < this.retries) {
      square.busy = false;
      this.wish(square);
      return;
    }
    this.fire("huitu:failed", { status });
    square.failed = true;
    this.settle(square);
  },

  settle(square) {
    const { done } = square;
    square.busy = false;
    square.done = null;
    if (done) done(null, square.canvas);
    if (square.stale) this.wish(square);
    if (this.settled()) this.fire("huitu:settled");
  },

  settled() {
    return [...this.squares.values()].every((square) => !square.busy && !square.stale);
  },

  leave(key) {
    const square = this.squares.get(key);
    if (!square) return;
    this.squares.delete(key);
    this.send({ type: "drop", key, layer: this.layer.id, at: sourceOf(square.coords, this.layer.tiles.max_zoom).at });
  },

  /** Draw every square anew, from the tiles that are here. */
  repaint() {
    for (const square of this.squares.values()) this.wish(square);
  },

  /** Ask once more for what could not be had, and for what is asked now and will not be had. */
  retry() {
    this.retries += 1;
    for (const square of this.squares.values()) {
      if (square.failed) {
        square.failed = false;
        this.wish(square);
      }
    }
  },

  /** The tile that a place on the earth is drawn from, and where in it the place lies, as a share. */
  tileAt(latlng) {
    const zoom = this._tileZoom;
    if (zoom === undefined) return null;
    const { x, y } = this._map.project(latlng, zoom).divideBy(TILE_PX);
    const { at, part } = sourceOf({ x: Math.floor(x), y: Math.floor(y), z: zoom }, this.layer.tiles.max_zoom);
    const share = (value, begin) => begin + (value - Math.floor(value)) / part.zoomed;
    const onScreen = TILE_PX * part.zoomed * this._map.getZoomScale(this._map.getZoom(), zoom);
    return { at, x: share(x, part.x), y: share(y, part.y), px: 1 / onScreen };
  },

  /** The level whose tiles are read now. */
  sourceZoom() {
    return Math.min(this._tileZoom ?? 0, this.layer.tiles.max_zoom);
  },
});

function show(canvas, bitmap) {
  const pen = canvas.getContext("bitmaprenderer");
  if (bitmap) {
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
  }
  pen.transferFromImageBitmap(bitmap);
}
