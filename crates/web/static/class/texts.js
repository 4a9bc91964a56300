// @ts-check

/** The page's texts, in the reader's language and form of address. The server writes them into a `<template>`. */
export class Texts {
  /** @type {Map<string, string>} */
  #texts = new Map();
  #plurals;
  #times;

  /**
   * @param {HTMLTemplateElement} source
   * @param {string} language
   * @param {string | undefined} zone the school's time zone
   */
  constructor(source, language, zone) {
    for (const text of source.content.querySelectorAll("[data-key]")) {
      this.#texts.set(text.getAttribute("data-key") ?? "", text.textContent ?? "");
    }
    this.#plurals = new Intl.PluralRules(language);
    this.#times = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: zone });
    this.language = language;
  }

  /**
   * @param {string} key
   * @param {Record<string, string | number>} [values] replace `%name%` in the text
   */
  get(key, values = {}) {
    const text = this.#texts.get(key) ?? key;
    return text.replace(/%(\w+)%/g, (whole, name) => String(values[name] ?? whole));
  }

  /** @param {string} key */
  has(key) {
    return this.#texts.has(key);
  }

  /**
   * The text `key-one` or `key-other`, with `%count%`.
   * @param {string} key
   * @param {number} count
   */
  count(key, count) {
    const form = this.#plurals.select(count) === "one" ? "one" : "other";
    return this.get(`${key}-${form}`, { count });
  }

  /**
   * A time of day: 9 h 05 in French, 9:05 elsewhere.
   * @param {number} at milliseconds since 1970
   */
  time(at) {
    const parts = this.#times.formatToParts(at);
    const part = (/** @type {string} */ type) => parts.find((one) => one.type === type)?.value ?? "";
    const hour = String(Number(part("hour")));
    return this.language.startsWith("fr") ? `${hour}\u00a0h\u00a0${part("minute")}` : `${hour}:${part("minute")}`;
  }
}
