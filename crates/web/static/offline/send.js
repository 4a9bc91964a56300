// @ts-check
// Sends what one person has handed in on this device, the oldest first, in one tab at a time.

import { Backoff } from "../class/backoff.js";
import { Refused, upload } from "../homework/tus.js";
import { noteHandedIn } from "./day.js";
import { sessionEnded } from "./kept.js";
import { ANSWER_MS_MAX, OTHER_TAB_MS, RETRY_MS_MAX, RETRY_MS_MIN, SEND_SPREAD_MS } from "./limits.js";
import { all, onChange, update } from "./queue.js";

/** @typedef {import("./types.js").Item} Item */

/** Statuses of an upload that asking again does not change. */
const LOST_UPLOADS = [400, 413, 415];

/** Not now; perhaps the server has said when. */
class Later extends Error {
  /** @param {number | null} afterMs */
  constructor(afterMs = null) {
    super("later");
    this.afterMs = afterMs;
  }
}

/** Nobody, or somebody else, is signed in. */
class NotSignedIn extends Error {}

/** The server will not take it; in its words. */
class NotTaken extends Error {
  /** @param {string[]} why */
  constructor(why) {
    super("not taken");
    this.why = why;
  }
}

/** The server has no longer what was sent to it: begin with the files. */
class Anew extends Error {}

export class Sender {
  /** @param {string} person */
  constructor(person) {
    this.person = person;
    this.backoff = new Backoff(RETRY_MS_MIN, RETRY_MS_MAX);
    this.timer = 0;
    this.running = false;
    /** The item that is being sent by this tab. */
    this.sending = "";
    this.signIn = false;
    /** @type {(item: Item) => void} */
    this.onSent = () => {};
    this.onState = () => {};
  }

  /** @param {number} afterMs at most, before the first try */
  begin(afterMs) {
    addEventListener("online", () => {
      this.backoff.reset();
      this.soon(Math.random() * SEND_SPREAD_MS);
    });
    onChange(() => this.timer === 0 && !this.running && this.soon(RETRY_MS_MIN));
    this.soon(Math.random() * afterMs);
  }

  /** @param {number} ms */
  soon(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.now(), ms);
  }

  /** Now, unless it is being done. */
  async now() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.running) {
      return;
    }
    this.running = true;
    const nextMs = await this.alone().catch(() => this.backoff.nextMs());
    this.running = false;
    this.state("");
    if (nextMs !== null) {
      this.soon(nextMs);
    }
  }

  /** @returns {Promise<number | null>} after how long to come again */
  async alone() {
    if (!navigator.locks) {
      return this.round();
    }
    return navigator.locks.request("preau-send", { ifAvailable: true }, (lock) => (lock ? this.round() : OTHER_TAB_MS));
  }

  /** @param {string} sending */
  state(sending) {
    this.sending = sending;
    this.onState();
  }

  /** @returns {Promise<number | null>} */
  async round() {
    for (;;) {
      const item = (await all(this.person)).find((item) => item.state === "waiting");
      if (!item) {
        return null;
      }
      this.state(item.id);
      try {
        await this.send(item);
        this.backoff.reset();
      } catch (error) {
        if (error instanceof NotTaken) {
          await update(item.id, (item) => Object.assign(item, { state: "refused", why: error.why, endedAt: Date.now() }));
        } else if (error instanceof Anew) {
          await update(item.id, (item) => {
            item.anew = true;
            item.parts.filter((part) => part.blob).forEach((part) => (part.id = part.upload = undefined));
          });
        } else if (error instanceof NotSignedIn) {
          this.signIn = true;
          return null;
        } else {
          return this.backoff.nextMs(error instanceof Later ? error.afterMs : null);
        }
      }
    }
  }

  /** @param {Item} item */
  async send(item) {
    const csrf = await this.token();
    const fields = new URLSearchParams({ key: item.id, body: item.body });
    for (const [number, part] of item.parts.entries()) {
      fields.append("keep", part.blob ? await this.sendPart(item, number, csrf) : part.id ?? "");
    }
    const answer = await ask(`/homework/${item.homework}/hand-in`, {
      method: "POST",
      headers: { accept: "application/json", "x-csrf": csrf },
      body: fields,
    });
    if (!answer.ok) {
      throw await refusal(answer, item);
    }
    const receipt = await answer.json();
    await update(item.id, (item) => Object.assign(item, { state: "sent", body: "", parts: [], receipt, endedAt: Date.now() }));
    await noteHandedIn(item.person, item.homework, receipt.late).catch(() => undefined);
    this.onSent({ ...item, receipt });
  }

  /** A token of this person's session. */
  async token() {
    const answer = await ask("/offline/token", { headers: { accept: "application/json" } });
    if (answer.status === 401) {
      await sessionEnded();
      throw new NotSignedIn();
    }
    if (!answer.ok) {
      throw later(answer);
    }
    const told = await answer.json();
    if (told.person !== this.person) {
      throw new NotSignedIn();
    }
    this.signIn = false;
    return told.csrf;
  }

  /**
   * One file, from where it was left off.
   * @param {Item} item
   * @param {number} number
   * @param {string} csrf
   * @returns {Promise<string>} its id
   */
  async sendPart(item, number, csrf) {
    const part = item.parts[number];
    if (!part?.blob) {
      throw new Later();
    }
    /** @param {string} path */
    const began = (path) =>
      update(item.id, (item) => {
        const part = item.parts[number];
        if (part) {
          part.upload = path;
        }
      });
    const how = { csrf, signal: new AbortController().signal, progress: () => {}, waiting: () => {} };
    try {
      return await upload(part.blob, part.name, { ...how, path: part.upload, began, once: true });
    } catch (error) {
      if (error instanceof Refused && LOST_UPLOADS.includes(error.status)) {
        throw new NotTaken([]);
      }
      throw error;
    }
  }
}

/**
 * @param {string} path
 * @param {RequestInit} how
 */
async function ask(path, how) {
  try {
    return await fetch(path, { ...how, signal: AbortSignal.timeout?.(ANSWER_MS_MAX) ?? null });
  } catch {
    throw new Later();
  }
}

/** @param {Response} answer */
function later(answer) {
  const seconds = Number(answer.headers.get("retry-after"));
  return new Later(seconds > 0 ? Math.min(seconds * 1_500, RETRY_MS_MAX) : null);
}

/**
 * Why a hand-in was not taken.
 * @param {Response} answer
 * @param {Item} item
 */
async function refusal(answer, item) {
  const told = await answer.json().catch(() => ({}));
  switch (answer.status) {
    case 401:
      return new NotSignedIn();
    case 400:
      // A file that the server has dropped meanwhile.
      return item.anew ? new NotTaken([told.message ?? ""]) : new Anew();
    case 403:
      // A token of a session that has ended since is asked for again; not being a pupil of the class stays.
      return told.error === "foreign" ? new Later() : new NotTaken([told.message ?? ""]);
    case 404:
    case 413:
    case 422:
      return new NotTaken(Array.isArray(told.faults) && told.faults.length > 0 ? told.faults : []);
    default:
      return later(answer);
  }
}
