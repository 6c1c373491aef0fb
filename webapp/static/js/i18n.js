/**
 * Words of the interface. The Chinese text is the key; English comes from `/messages/en.json`.
 */

let language = "zh";
let usual = "zh";
let messages = {};

/**
 * Choose the language of everything that follows.
 *
 * @param {"zh"|"en"} lang
 * @param {Object<string, string>} [table] Chinese to the words of `lang`
 * @param {string} [otherwise] the deployment's language, which an address need not name
 */
export function speak(lang, table = {}, otherwise = "zh") {
  language = lang === "en" ? "en" : "zh";
  usual = otherwise;
  messages = table;
}

/** The language as an address names it; null when it is the deployment's own. */
export function addressLang() {
  return language === usual ? null : language;
}

/** The language in use. */
export function lang() {
  return language;
}

/**
 * A text of the interface, its `{names}` filled in. A value is data: it is never filled in again.
 *
 * @param {string} text in Chinese
 * @param {Object<string, string|number>} [values]
 */
export function t(text, values = {}) {
  const known = Object.prototype.hasOwnProperty.call(messages, text) && messages[text];
  return (known || text).replace(/\{(\w+)\}/g, (mark, name) =>
    Object.prototype.hasOwnProperty.call(values, name) ? String(values[name]) : mark,
  );
}

/**
 * A text of the data in the language in use, else in the other one.
 *
 * @param {{zh?: string, en?: string}|null|undefined} text
 */
export function pick(text) {
  if (!text) return "";
  return text[language] || text.zh || text.en || "";
}

/** A text of the data in the language that is not in use; empty when it is the same. */
export function pickOther(text) {
  if (!text) return "";
  const other = language === "zh" ? text.en : text.zh;
  return other && other !== pick(text) ? other : "";
}

/**
 * A number as it is written in the language in use.
 *
 * @param {number} value
 * @param {number} [decimals] at most so many
 */
export function number(value, decimals = 0) {
  return new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-GB", {
    maximumFractionDigits: decimals,
  }).format(value);
}

/** The day of an ISO time, in Shanghai, as year-month-day. */
export function day(iso) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "";
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(date);
}
