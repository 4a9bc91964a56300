// @ts-check
import { Texts } from "../class/texts.js";

const KEPT_PAGE = "/offline";

/**
 * The texts of the kept page: a page has them at hand only where it needs them.
 * @returns {Promise<Texts | null>}
 */
export async function keptTexts() {
  try {
    const answer = (await caches.match(KEPT_PAGE, { ignoreVary: true })) ?? (await fetch(KEPT_PAGE));
    if (!answer.ok) {
      return null;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return textsIn(page, undefined);
  } catch {
    return null;
  }
}

/**
 * @param {Document} page
 * @param {string | undefined} zone
 */
export function textsIn(page, zone) {
  const template = page.querySelector("#offline-texts");
  return template instanceof HTMLTemplateElement ? new Texts(template, page.documentElement.lang, zone) : null;
}

/**
 * `8 h 42` of today, `lundi 23 novembre, 8 h 42` of another day.
 * @param {Texts} texts
 * @param {number} at
 * @param {string} [zone]
 */
export function moment(texts, at, zone) {
  const day = new Intl.DateTimeFormat(texts.language, { weekday: "long", day: "numeric", month: "long", timeZone: zone });
  const time = texts.time(at);
  return day.format(at) === day.format(Date.now()) ? time : `${day.format(at)}, ${time}`;
}
