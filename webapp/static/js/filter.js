/**
 * Which projects pass. Pure, and the same rules as `layers.query.Criteria` on the server.
 */

/**
 * @typedef {Object} Criteria
 * @property {Set<string>|null} layers ids; null: all
 * @property {string[]|null} stage
 * @property {[number, number]|null} years
 * @property {string} q
 * @property {Set<string>|null} [ids] only these projects
 */

/**
 * Fold width and case and drop blanks, as `layers.search.normalise` does.
 *
 * @param {string} text
 */
export function normalise(text) {
  return text.normalize("NFKC").toLowerCase().replace(/\s+/gu, "");
}

/** Whether a normalised query stands in any of the words. */
export function matches(query, terms) {
  const wanted = normalise(query);
  return wanted === "" || terms.some((term) => term.includes(wanted));
}

/**
 * Whether a project passes every criterion. An undated project passes every range of years: what is
 * not known is never filtered away.
 *
 * @param {import("./project.js").Project} project
 * @param {Criteria} criteria
 */
export function admits(project, criteria) {
  return (
    (criteria.layers === null || criteria.layers.has(project.layer)) &&
    (criteria.stage === null || criteria.stage.includes(project.stage)) &&
    inYears(project, criteria.years) &&
    (criteria.ids == null || criteria.ids.has(project.id)) &&
    matches(criteria.q, project.terms)
  );
}

/** Whether a project's years and a range overlap; an undated project is in every range. */
export function inYears(project, years) {
  if (years === null || project.undated) return true;
  return project.from <= years[1] && project.to >= years[0];
}

/**
 * How many are drawn, how many cannot be, and all of them.
 *
 * @param {import("./project.js").Project[]} projects that pass
 */
export function tally(projects) {
  const located = projects.filter((project) => project.located).length;
  return { located, unlocated: projects.length - located, all: projects.length };
}

/**
 * How many projects would pass with each stage, all other criteria as they are.
 *
 * @returns {Map<string, number>}
 */
export function countStages(projects, criteria, stages) {
  const others = projects.filter((project) => admits(project, { ...criteria, stage: null }));
  return new Map(stages.map((stage) => [stage, others.filter((project) => project.stage === stage).length]));
}

/**
 * How many dated projects are under way in each year, and how many are undated, all other criteria as
 * they are.
 *
 * @returns {{years: Map<number, number>, undated: number}}
 */
export function countYears(projects, criteria, [first, last]) {
  const others = projects.filter((project) => admits(project, { ...criteria, years: null }));
  const dated = others.filter((project) => !project.undated);
  const range = Array.from({ length: last - first + 1 }, (_, step) => first + step);
  const years = new Map(range.map((year) => [year, dated.filter((project) => inYears(project, [year, year])).length]));
  return { years, undated: others.length - dated.length };
}
