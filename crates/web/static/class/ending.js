// @ts-check
import { Ticker } from "./countdown.js";
import { find, say } from "./dom.js";

/** So long before the end the teacher is reminded. */
const REMIND_MS = 5 * 60_000;
const MINUTE_MS = 60_000;

/** When the lesson ends; near its end the teacher may prolong it with one press. */
export class Ending {
  /** The end for which the reminder was shown. */
  #reminded = 0;

  /** @param {import("./types.js").Context} context */
  constructor({ root, texts, room, session, announcer, notices }) {
    this.texts = texts;
    this.room = room;
    this.announcer = announcer;
    this.words = find(root, ".ending-words", HTMLElement);
    this.notice = notices.element("ending");
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-prolong]"))) {
      button.addEventListener("click", () => void session.command({ type: "prolong", minutes: Number(button.dataset["prolong"]) }));
    }
    this.ticker = new Ticker(() => this.render());
    session.addEventListener("message", (event) => {
      if (event instanceof CustomEvent && event.detail.type === "ends") {
        this.notice.hidden = true;
        announcer.say(texts.get("class-ending-told", { time: texts.time(event.detail.ends) }));
      }
    });
    room.subscribe(() => this.render());
  }

  render() {
    const { room, texts, notice } = this;
    const { lesson } = room;
    this.ticker.set(room.phase === "in");
    if (!lesson || room.phase !== "in") {
      notice.hidden = true;
      return;
    }
    const left = lesson.ends - room.now;
    say(this.words, texts.get(left > 0 ? "class-ending-at" : "class-ending-past", { time: texts.time(lesson.ends) }));
    if (room.isTeacher && left < REMIND_MS && this.#reminded !== lesson.ends) {
      this.#reminded = lesson.ends;
      notice.hidden = false;
      this.announcer.say(this.#left(left));
    }
    if (!notice.hidden) {
      say(find(notice, "p", HTMLElement), this.#left(left));
    }
  }

  /** @param {number} left */
  #left(left) {
    return left > 0 ? this.texts.count("class-ending-left", Math.ceil(left / MINUTE_MS)) : this.texts.get("class-ending-over");
  }
}
