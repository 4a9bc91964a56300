// @ts-check
// Waiting for something to become true, with a deadline and a name for what did not.

/** Between two looks, in milliseconds. */
const LOOK_MS = 200;

/**
 * Looks until `look` gives something true, and gives that. The last answer that was not true, or the last error, goes into the message.
 *
 * @template T
 * @param {string} what what is waited for
 * @param {() => T | Promise<T>} look
 * @param {number} [deadlineMs]
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(what, look, deadlineMs = 20_000) {
  const end = Date.now() + deadlineMs;
  /** @type {unknown} */
  let last;
  do {
    try {
      const found = await look();
      if (found) return found;
      last = found;
    } catch (error) {
      last = error;
    }
    await pause(LOOK_MS);
  } while (Date.now() < end);
  const seen = last instanceof Error ? last.message : JSON.stringify(last);
  throw new Error(`waited ${deadlineMs} ms in vain for: ${what} (last: ${seen})`);
}

/**
 * @param {number} ms
 * @returns {Promise<void>}
 */
export function pause(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
