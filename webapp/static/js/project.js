/**
 * Features as the page speaks of them: one record for a project or a context feature.
 */

import { normalise } from "./filter.js";

const SCHEMATIC = new Set(["schematic", "illustrative"]);

/**
 * @typedef {Object} Project
 * @property {string} id
 * @property {string} layer
 * @property {{zh: string, en: string}} name
 * @property {string[]} aliases
 * @property {string|null} stage
 * @property {number|null} from
 * @property {number|null} to
 * @property {boolean} undated
 * @property {boolean} located
 * @property {boolean} schematic below *approximate*: drawn dashed with the mark 示意
 * @property {string[]} terms normalised words by which it is found
 * @property {Object} properties
 * @property {Object|null} geometry
 */

/**
 * Read a feature.
 *
 * @param {string} layer
 * @param {Object} feature GeoJSON
 * @returns {Project}
 */
export function toProject(layer, feature) {
  const properties = feature.properties || {};
  const id = String(feature.id ?? properties.id);
  const zh = String(properties.name_zh || properties.name_en || id);
  const name = { zh, en: String(properties.name_en || zh) };
  const aliases = Array.isArray(properties.aliases) ? properties.aliases.map(String) : [];
  const from = properties.year_from ?? properties.year_to ?? null;
  const to = properties.year_to ?? properties.year_from ?? null;
  return {
    id,
    layer,
    name,
    aliases,
    stage: properties.stage ?? null,
    from,
    to,
    undated: from === null,
    located: Boolean(feature.geometry),
    schematic: isSchematic(properties),
    terms: [id, name.zh, name.en, ...aliases].map(normalise),
    properties,
    geometry: feature.geometry || null,
  };
}

/** Whether a feature's shape is below *approximate*. */
export function isSchematic(properties) {
  return SCHEMATIC.has(properties.geometry_quality);
}

/**
 * All features of the page by layer and by id.
 */
export class Register {
  constructor() {
    this.layers = new Map();
    this.ids = new Map();
    this.projectLayers = new Set();
    this.words = new Map();
    this.visitors = new Map();
  }

  /**
   * Take the features of one layer in.
   *
   * @param {{id: string, role: string}} layer
   * @param {Object} collection GeoJSON FeatureCollection
   */
  add(layer, collection) {
    const read = collection.features.map((feature) => toProject(layer.id, feature));
    this.layers.set(layer.id, read);
    if (layer.role === "projects") this.projectLayers.add(layer.id);
    for (const project of read) if (!this.ids.has(project.id)) this.ids.set(project.id, project);
    read.forEach((project) => this.teach(project));
    return read;
  }

  /**
   * Take one feature of a tiled layer in; it is found by its id, and is not counted among those here.
   *
   * @param {{id: string}} layer
   * @param {Object} feature GeoJSON
   */
  meet(layer, feature) {
    const read = toProject(layer.id, feature);
    if (!this.ids.has(read.id)) this.visitors.set(read.id, read);
    return read;
  }

  /** Features of tiled layers that somebody asked for. */
  guests() {
    return [...this.visitors.values()];
  }

  /** Take the words of the search index in: pinyin and initials, for layers that come later too. */
  learn(index) {
    this.words = new Map(index.map((entry) => [entry.id, entry.terms.map(normalise)]));
    for (const project of this.ids.values()) this.teach(project);
  }

  /** Give a project its words. */
  teach(project) {
    const words = this.words.get(project.id);
    if (words) project.terms = [...new Set([...project.terms, ...words])];
  }

  /** A feature by its id. */
  get(id) {
    return this.ids.get(id) || this.visitors.get(id);
  }

  /** Features of one layer. */
  of(layer) {
    return this.layers.get(layer) || [];
  }

  /** Every project, located or not, in the order of the layers given. */
  projects(order) {
    return order.filter((id) => this.projectLayers.has(id)).flatMap((id) => this.of(id));
  }

  /** Everything that is no project: stations, rivers, roads as they are. */
  context() {
    return [...this.layers].filter(([id]) => !this.projectLayers.has(id)).flatMap(([, read]) => read);
  }
}
