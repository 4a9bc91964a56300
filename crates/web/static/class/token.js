// @ts-check

const WAIT_MS_MAX = 15_000;

/** The server says no, and its page says why: nothing to try again by itself. */
export class Refused extends Error {
  /** @param {number} status */
  constructor(status) {
    super(`refused with ${status}`);
    this.status = status;
  }
}

/**
 * Asks for a join token: one person, one lesson, one use, 30 s.
 * @param {string} path `/lessons/{lesson}/token`
 * @param {string} csrf
 * @returns {Promise<{token: string, url: string, relay?: import("./relay.js").Relay}>}
 * @throws {Refused} for a clear no; anything else is worth another try
 */
export async function fetchToken(path, csrf) {
  const answer = await fetch(path, {
    method: "POST",
    credentials: "same-origin",
    cache: "no-store",
    redirect: "manual",
    headers: { "x-csrf": csrf, accept: "application/json" },
    signal: AbortSignal.timeout(WAIT_MS_MAX),
  });
  // A redirect leads to the sign-in page: the session has ended.
  const redirected = answer.type === "opaqueredirect";
  if (redirected || (answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429)) {
    throw new Refused(redirected ? 401 : answer.status);
  }
  if (!answer.ok) {
    throw new Error(`the server answered ${answer.status}`);
  }
  return answer.json();
}
