/**
 * The catalog of `/layers` with the questions that the page asks of it.
 */

import { drawingOrder, settle, unknown, visibleLayers } from "./state.js";

export class Catalog {
  /** @param {Object} json the answer of `/layers` */
  constructor(json) {
    this.zone = json.zone;
    this.state = json.state;
    this.software = json.software;
    this.themes = json.themes;
    this.layers = json.layers;
    this.byId = new Map(json.layers.map((layer) => [layer.id, layer]));
    this.projectLayers = json.layers.filter((layer) => layer.role === "projects");
    this.stages = allStages(this.projectLayers);
  }

  /** A layer by its id. */
  layer(id) {
    return this.byId.get(id);
  }

  /** Ids of all layers, topmost first, for a state. */
  order(state) {
    return drawingOrder(state, this.layers);
  }

  /** Ids of visible layers, topmost first, for a state. */
  visible(state) {
    return visibleLayers(state, this.layers);
  }

  /** A state without what this deployment does not have. */
  settle(state) {
    return settle(state, this.known());
  }

  /** The parts of an address that this deployment does not have; `has` tells which features are there. */
  unknown(query, has) {
    return unknown(query, { ...this.known(), has });
  }

  known() {
    return { layers: this.layers, stages: this.stages.map((stage) => stage.value), years: this.zone.years };
  }

  /** What a state asks of projects. */
  criteria(state) {
    const visible = new Set(this.visible(state));
    const all = this.projectLayers.every((layer) => visible.has(layer.id));
    return { layers: all ? null : visible, stage: state.stage, years: state.years, q: state.q, ids: state.ids && new Set(state.ids) };
  }

  /** Layers of a theme, in the order of the catalog. */
  ofTheme(theme) {
    return this.layers.filter((layer) => layer.theme === theme);
  }

  /** The label of a coded value of a layer's field; the value itself when it has none. */
  titleOf(layer, field, value) {
    const known = layer?.fields?.[field]?.values?.find((entry) => entry.value === value);
    return known ? known.title : { zh: String(value), en: String(value) };
  }
}

function allStages(layers) {
  const found = new Map();
  for (const layer of layers) {
    for (const stage of layer.fields?.stage?.values || []) if (!found.has(stage.value)) found.set(stage.value, stage);
  }
  return [...found.values()];
}
