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
