// @ts-check
// A file on its way to the board: sent in pieces, made into pages by the server, watched until it is there.

import { Refused, upload } from "../homework/tus.js";

const ASK_EVERY_MS = 700;
const AGAIN_MS = 5_000;
/** What the server takes (docs/protocol/class-tools.md). */
export const FILE_BYTES_MAX = 64 * 1024 * 1024;

/**
 * @typedef {object} Options
 * @property {string} base where documents are
 * @property {string} csrf
 * @property {AbortSignal} signal
 * @property {(state: {sent?: number, waits?: boolean, made?: number, pages?: number | null}) => void} progress
 */
/** @typedef {{state: "ready", on_board: boolean} | {state: "failed", text: string}} Outcome */

/**
 * @param {File} file
 * @param {Options} options
 * @returns {Promise<Outcome>}
 */
export function sendDocument(file, options) {
  return send(file, options.base, {}, options);
}

/**
 * Another file of one's own, which the server has already.
 * @param {string} keep
 * @param {Options} options
 * @returns {Promise<Outcome>}
 */
export function addKept(keep, options) {
  return make(keep, options.base, {}, options);
}

/**
 * @param {File} file
 * @param {Options & {deck: number, page: number, x: number, y: number, width: number}} options
 * @returns {Promise<Outcome>}
 */
export function sendPicture(file, options) {
  const { deck, page, x, y, width } = options;
  return send(file, options.base.replace(/documents$/, "pictures"), { deck, page, x, y, width }, options);
}

/**
 * @param {File} file
 * @param {string} path
 * @param {Record<string, number>} fields
 * @param {Options} options
 * @returns {Promise<Outcome>}
 */
async function send(file, path, fields, options) {
  const { csrf, signal, progress } = options;
  const keep = await upload(file, file.name, {
    csrf, signal, progress: (sent) => progress({ sent }), waiting: (waits) => progress({ waits }),
  });
  return make(keep, path, fields, options);
}

/**
 * @param {string} keep
 * @param {string} path
 * @param {Record<string, number>} fields
 * @param {Options} options
 * @returns {Promise<Outcome>}
 */
async function make(keep, path, fields, { base, csrf, signal, progress }) {
  const body = new URLSearchParams({ keep });
  Object.entries(fields).forEach(([name, value]) => body.set(name, String(value)));
  let begun = false;
  for (;;) {
    signal.throwIfAborted();
    const answer = await ask(begun ? `${base}/${keep}` : path, begun ? null : body, csrf, signal);
    if (answer === null || answer.status === 429 || answer.status >= 500) {
      await pause(AGAIN_MS);
      continue;
    }
    if (answer.status === 404 && begun) {
      // The server has started anew, and has forgotten what it was doing.
      begun = false;
      continue;
    }
    if (!answer.ok) {
      throw new Refused(answer.status);
    }
    const told = await answer.json();
    if (told.state !== "making") {
      return told;
    }
    begun = true;
    progress({ made: told.made, pages: told.pages });
    await pause(ASK_EVERY_MS);
  }
}

/**
 * @param {string} path
 * @param {URLSearchParams | null} body
 * @param {string} csrf
 * @param {AbortSignal} signal
 * @returns {Promise<Response | null>} `null`: no line
 */
async function ask(path, body, csrf, signal) {
  try {
    const headers = { accept: "application/json", "x-csrf": csrf };
    return await fetch(path, body ? { method: "POST", headers, body, signal } : { headers, signal });
  } catch (error) {
    if (signal.aborted) {
      throw error;
    }
    return null;
  }
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
