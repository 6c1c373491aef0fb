/**
 * What the server tells of a large layer's rows, told by the page that holds them: in a map that is
 * one file. Pure, and the same answers as `rows.json` and `rows.bits` give (`layers/rows.py`).
 */

import { inYears, matches, normalise } from "./filter.js";
import { toProject } from "./project.js";

const PAGE = 100;

/**
 * @param {Object} layer of `/layers`
 * @param {Object[]} features GeoJSON, all that are here
 * @param {string[]} words what each is called besides, folded: pinyin and initials
 * @param {[number, number]} range the first and the last year that are counted
 */
export function createLocalRows(layer, features, words, range) {
  const projects = features.map((feature, place) => called(toProject(layer.id, feature), words[place]));
  const places = new Map(projects.map((project, place) => [project.id, place]));

  /** The answer of `rows.json` to a query. */
  function told(query) {
    const asked = criteriaOf(query);
    const named = projects.map((project) => (asked.ids === null || asked.ids.has(project.id)) && matches(asked.q, project.terms));
    const staged = projects.map(({ stage }) => asked.stage === null || asked.stage.includes(stage));
    const dated = projects.map((project) => inYears(project, asked.years));
    const where = (...all) => projects.filter((_, place) => all.every((passes) => passes[place]));
    const passing = where(named, staged, dated);
    const anyYear = where(named, staged);
    const end = asked.start + asked.limit;
    return {
      located: passing.filter(({ located }) => located).length,
      unlocated: passing.filter(({ located }) => !located).length,
      stages: counted(where(named, dated).map(({ stage }) => stage)),
      years: underWay(anyYear, range),
      undated: anyYear.filter(({ undated }) => undated).length,
      groups: groupsOf(passing, layer.style),
      next: end < passing.length ? end : null,
      features: passing.slice(asked.start, end).map(({ id }) => features[places.get(id)]),
    };
  }

  /** The answer of `rows.bits`: row 1 is the first feature. */
  function bits(query) {
    const { q } = criteriaOf(query);
    const found = new Uint8Array((projects.length >> 3) + 1);
    projects.forEach(({ terms }, place) => {
      if (matches(q, terms)) found[(place + 1) >> 3] |= 1 << ((place + 1) & 7);
    });
    return found;
  }

  return { told, bits, has: (id) => places.has(id) };
}

function called(project, words) {
  return words ? { ...project, terms: [...project.terms, ...words.split(" ")] } : project;
}

function criteriaOf(query) {
  const asked = new URLSearchParams(query);
  const words = (name) => (asked.get(name) === null ? null : asked.get(name).split(","));
  const ids = words("ids");
  const years = asked.get("years");
  return { stage: words("stage"), years: years && years.split("-").map(Number), ids: ids && new Set(ids), q: normalise(asked.get("q") || ""), start: Number(asked.get("start") || 0), limit: Number(asked.get("limit") || PAGE) };
}

function counted(values) {
  const found = {};
  for (const value of values) if (value !== null) found[value] = (found[value] || 0) + 1;
  return found;
}

function underWay(projects, [first, last]) {
  const found = {};
  for (let year = first; year <= last; year += 1) found[year] = projects.filter((project) => !project.undated && inYears(project, [year, year])).length;
  return found;
}

/** What is drawn alike, with its number. */
function groupsOf(projects, style) {
  const names = [style.by, style.badge_by].filter(Boolean);
  const groups = new Map();
  for (const { properties, schematic, located } of projects) {
    const own = names.map((name) => properties[name] ?? null);
    const key = JSON.stringify([own, schematic, located]);
    if (!groups.has(key)) groups.set(key, { properties: Object.fromEntries(names.map((name, place) => [name, own[place]])), schematic, located, count: 0 });
    groups.get(key).count += 1;
  }
  return [...groups.values()];
}
