/**
 * What the address of a comparison says beside its two versions. Pure: text in, values out, and back.
 */

export const MODES = Object.freeze(["changes", "swipe", "side"]);
export const MIDDLE = 50;

/**
 * The query string of a comparison with other values; what is as usual is left out.
 *
 * @param {string} query the present one, with or without `?`
 * @param {{from: string, to: string, mode: string, at: number, view: {lat: number, lon: number, zoom: number}|null}} state
 */
export function written(query, { from, to, mode, at, view }) {
  const given = new URLSearchParams(query.replace(/^\?/, ""));
  const kept = ["lang", "only"].filter((name) => given.get(name)).map((name) => [name, given.get(name)]);
  const parts = [
    ["from", from],
    ["to", to],
    ...kept,
    mode !== MODES[0] && ["mode", mode],
    mode === "swipe" && at !== MIDDLE && ["at", String(at)],
    view && ["view", [view.lat.toFixed(5), view.lon.toFixed(5), String(view.zoom)].join(",")],
  ];
  return parts
    .filter(Boolean)
    .map(([name, value]) => `${name}=${encodeURIComponent(value).replace(/%2C/g, ",")}`)
    .join("&");
}

/** A position of the swipe as a whole number of per cent within the map. */
export function percent(value) {
  return Math.min(100, Math.max(0, Math.round(Number(value) || 0)));
}

/** A place `lat,lon,zoom`, or null. */
export function place(text) {
  const numbers = (text || "").split(",").map(Number);
  if (numbers.length !== 3 || numbers.some((one) => !Number.isFinite(one)) || !text) return null;
  const [lat, lon, zoom] = numbers;
  return { lat, lon, zoom };
}

/**
 * Features of a version that no change is about.
 *
 * @param {Object[]} features GeoJSON
 * @param {Object[]} changes GeoJSON features of the difference
 * @param {"before"|"after"} side
 */
export function unchanged(features, changes, side) {
  const changed = new Set(changes.filter((one) => one.properties.side === side).map((one) => one.properties.id));
  return features.filter((one) => one.geometry && !changed.has(one.properties.id));
}
