/**
 * What a map that is one file says of a large layer that it holds a part of.
 */

import { el } from "./dom.js";
import { number, pick, t } from "./i18n.js";

/** That a layer is here in part only; nothing where it is whole. */
export function excerptWords(layer) {
  if (!layer.excerpt) return "";
  const values = { layer: pick(layer.title), n: number(layer.excerpt.features), all: number(layer.excerpt.of) };
  const points = layer.geometry.every((kind) => kind.endsWith("Point"));
  return points ? t("“{layer}”共 {all} 个，此文件只含其中 {n} 个", values) : t("“{layer}”共 {all} 个，此文件只含最大的 {n} 个", values);
}

/** The same as a line of its own for each of several layers. */
export function excerptNotes(layers) {
  return layers.filter((layer) => layer.excerpt).map((layer) => el("p", { class: "excerpt" }, excerptWords(layer)));
}
