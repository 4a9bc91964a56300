// @ts-check

const ZONE = "Europe/Paris";
const DAY_MS = 86_400_000;

/**
 * A day of the demonstration school's calendar, counted from today, as date fields take it: `2026-11-23`.
 *
 * @param {number} ahead
 */
export function day(ahead) {
  // Swedish dates are written as ISO 8601 has them.
  return new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE }).format(new Date(Date.now() + ahead * DAY_MS));
}

/**
 * The first day from Monday to Friday that is at least so far ahead.
 *
 * @param {number} ahead
 */
export function weekday(ahead) {
  const isWeekend = (/** @type {string} */ day) => [0, 6].includes(new Date(`${day}T12:00Z`).getUTCDay());
  let found = day(ahead);
  for (let more = 1; isWeekend(found); more++) found = day(ahead + more);
  return found;
}
