/**
 * The features of tiled layers as the page speaks of them: counted, searched and paged by the server,
 * which alone has them all; the few that a reader asks for are fetched one by one.
 */

import { fetchJson } from "./data.js";
import { normalise } from "./filter.js";
import { toProject } from "./project.js";

const PAGE = 100;
const FOUND = 12;

/**
 * What the server tells of a layer under a filter.
 *
 * @typedef {Object} Told
 * @property {number} located of those that pass
 * @property {number} unlocated
 * @property {Object<string, number>} stages how many pass with each stage, all else as it is
 * @property {Object<string, number>} years how many dated ones are under way in each year, likewise
 * @property {number} undated
 * @property {Object[]} groups what a legend counts: all that are drawn alike, with their number
 * @property {import("./project.js").Project[]} rows those of the pages that are here
 * @property {number|null} next where the next page begins
 */

/**
 * @param {Object} options
 * @param {Object[]} options.layers the tiled ones of `/layers`
 * @param {Object} options.register
 * @param {(layer: Object, feature: Object) => void} options.met a feature was fetched
 * @param {(layer: Object, retry: () => void) => void} options.failed
 */
export function createRows({ layers, register, met, failed }) {
  const projectLayers = layers.filter((layer) => layer.role === "projects");
  const fetching = new Map();
  let asked = null;
  let answering = null;
  let told = new Map();
  const legends = new Map();

  /** Ask anew when the filter is another; give whether the answer is still wanted when it comes. */
  async function look(criteria) {
    const query = queryOf(criteria);
    if (query === asked) {
      await answering;
      return false;
    }
    asked = query;
    answering = Promise.all(projectLayers.map((layer) => page(layer, query, 0)));
    const answers = await answering;
    if (query !== asked) return false;
    told = new Map(answers.map((answer, place) => [projectLayers[place].id, answer]));
    return true;
  }

  async function page(layer, query, start) {
    try {
      return read(layer, await fetchJson(`${layer.links.rows}?${[query, `limit=${PAGE}`, start && `start=${start}`].filter(Boolean).join("&")}`));
    } catch {
      failed(layer, () => (asked = null));
      return NOTHING;
    }
  }

  /** Fetch the features of these ids that are not here; what no tiled layer has stays away. */
  async function meet(ids) {
    const strange = ids.filter((id) => !register.get(id) && !fetching.has(id));
    const asking = strange.length ? Promise.all(layers.map((layer) => fetchThese(layer, strange))) : null;
    strange.forEach((id) => fetching.set(id, asking));
    await Promise.all(ids.map((id) => fetching.get(id)));
    strange.forEach((id) => fetching.delete(id));
  }

  async function fetchThese(layer, ids) {
    try {
      const { features } = await fetchJson(rowsOf(layer, ids));
      features.forEach((feature) => met(layer, feature));
    } catch {
      failed(layer, () => meet(ids));
    }
  }

  /** The features of a layer that have these ids, at most a page of them; none where they do not come. */
  async function these(layer, ids) {
    try {
      const { features } = await fetchJson(rowsOf(layer, ids));
      return features.map((feature) => toProject(layer.id, feature));
    } catch {
      return [];
    }
  }

  return {
    these,

    /** Whether there is any tiled layer. */
    any: layers.length > 0,
    look,
    meet,

    /** Whether the server has told of every layer at least once. */
    known: () => projectLayers.every((layer) => told.has(layer.id)),

    /** What was told last of the visible layers, added up. */
    sum: (visible) => add([...told].filter(([id]) => visible === null || visible.has(id)).map(([, answer]) => answer)),

    /** Pages of the visible layers that are here, with what brings more. */
    pages: (visible) => projectLayers.filter((layer) => told.has(layer.id) && (visible === null || visible.has(layer.id))).map((layer) => ({ layer, ...told.get(layer.id) })),

    /** What the legend of a layer counts under the filter; before the server told it, nothing. */
    groups: (id) => (told.get(id) || legends.get(id) || NOTHING).groups,

    /** What the legend of a layer counts without any filter. */
    async legend(layer) {
      const answer = await page(layer, "", 0);
      legends.set(layer.id, answer);
      return answer.groups;
    },

    /** Fetch the next page of a layer; it is added to what is here. */
    async more(id) {
      const layer = projectLayers.find((one) => one.id === id);
      const query = asked;
      const here = told.get(id);
      const next = await page(layer, query, here.next);
      if (query === asked) told.set(id, { ...here, rows: [...here.rows, ...next.rows], next: next.next });
    },

    /**
     * The first that words find in all tiled layers, and how many projects pass a filter of these words.
     *
     * @returns {Promise<{rows: import("./project.js").Project[], all: number}>}
     */
    async find(q, criteria) {
      const ask = async (layer, asked, limit) => read(layer, await fetchJson(`${layer.links.rows}?${queryOf(asked)}&limit=${limit}`));
      const wanted = projectLayers.filter((layer) => criteria.layers === null || criteria.layers.has(layer.id));
      const found = await Promise.all(layers.map((layer) => ask(layer, { q }, FOUND)));
      const passing = await Promise.all(wanted.map((layer) => ask(layer, { ...criteria, q }, 1)));
      return { rows: found.flatMap(({ rows }) => rows), all: add(passing).all };
    },
  };
}

const NOTHING = Object.freeze({ located: 0, unlocated: 0, stages: {}, years: {}, undated: 0, groups: [], rows: [], next: null });

function rowsOf(layer, ids) {
  return `${layer.links.rows}?ids=${ids.map(encodeURIComponent).join(",")}`;
}

function read(layer, { features, ...counts }) {
  return { ...counts, rows: features.map((feature) => toProject(layer.id, feature)) };
}

function queryOf({ stage, years, q, ids }) {
  return [stage && `stage=${stage.join(",")}`, years && `years=${years.join("-")}`, normalise(q) && `q=${encodeURIComponent(q)}`, ids && `ids=${[...ids].join(",")}`].filter(Boolean).join("&");
}

function add(answers) {
  const sum = (name) => answers.reduce((all, one) => all + one[name], 0);
  return { located: sum("located"), unlocated: sum("unlocated"), all: sum("located") + sum("unlocated"), undated: sum("undated"), stages: merged(answers, "stages"), years: merged(answers, "years") };
}

function merged(answers, name) {
  const all = new Map();
  for (const answer of answers) for (const [value, count] of Object.entries(answer[name])) all.set(value, (all.get(value) || 0) + count);
  return all;
}
