// @ts-check

/** So long a test waits for a server that has too much to do. */
const WAIT_MS_MAX = 60_000;

/** The server had too much to do all the time. */
export class Busy extends Error {}

/**
 * Asks, and asks again when the server has too much to do just now, which says nothing of the line. Gives the answer, and when it was asked for at last.
 * @param {string} path
 * @param {RequestInit} options
 */
export async function ask(path, options) {
  const until = performance.now() + WAIT_MS_MAX;
  for (;;) {
    const at = performance.now();
    const answer = await fetch(path, { cache: "no-store", ...options });
    if (answer.ok) {
      return { answer, at };
    }
    const wait = Number(answer.headers.get("retry-after")) * 1_000;
    if (!wait) {
      throw new Error(`${path} gave ${answer.status}`);
    }
    if (at + wait > until) {
      throw new Busy(`${path} gave ${answer.status}`);
    }
    await new Promise((done) => setTimeout(done, wait));
  }
}
