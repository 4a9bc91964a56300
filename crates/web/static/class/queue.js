// @ts-check
import { find, say } from "./dom.js";

/** A screen reader hears no more often how the place changes. */
const SAID_EVERY_MS = 15_000;

/** Tells who waits for sound and pictures, because many come at once, which place that is and for how long. */
export class Queue {
  #saidAt = -Infinity;

  /** @param {import("./types.js").Context} context */
  constructor({ texts, room, session, notices, announcer }) {
    this.texts = texts;
    this.room = room;
    this.announcer = announcer;
    this.notice = notices.element("queue");
    this.words = find(this.notice, "p", HTMLElement);
    session.addEventListener("message", (event) => event instanceof CustomEvent && this.#heard(event.detail));
  }

  /** @param {import("./types.js").ServerMessage} message */
  #heard(message) {
    if (message.type === "queued") {
      this.#show("class-queue", { place: message.place, seconds: seconds(message.wait_ms) });
    } else if (message.type === "error" && message.code === "joins_full") {
      this.#saidAt = -Infinity;
      this.#show("class-queue-full", { seconds: seconds(message.retry_ms ?? 0) });
    } else if (message.type === "answer" && this.room.queued) {
      this.#hide();
      this.announcer.say(this.texts.get("class-queue-over"));
    } else if (message.type === "welcome" || message.type === "waiting") {
      this.#hide();
    }
  }

  /**
   * @param {string} key
   * @param {Record<string, number>} values
   */
  #show(key, values) {
    const text = this.texts.get(key, values);
    say(this.words, text);
    this.notice.hidden = false;
    this.room.queued = true;
    this.room.touch();
    const now = performance.now();
    if (now - this.#saidAt >= SAID_EVERY_MS) {
      this.#saidAt = now;
      this.announcer.say(text);
    }
  }

  #hide() {
    this.notice.hidden = true;
    this.#saidAt = -Infinity;
    if (this.room.queued) {
      this.room.queued = false;
      this.room.touch();
    }
  }
}

/** @param {number} ms */
function seconds(ms) {
  return Math.max(1, Math.round(ms / 1_000));
}
