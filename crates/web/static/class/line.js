// @ts-check
import { find } from "./dom.js";
import { Media } from "./media.js";
import { QualityMeter } from "./quality.js";

/** A weak line for so long gets an offer to save data. */
const WEAK_MS_MAX = 6_000;
/** Without sound and pictures for so long, the network is named as the likely cause. */
const SILENT_MS_MAX = 15_000;

/** Watches the line, and saves data: offered when it is weak, or chosen in the settings. */
export class Line {
  #low = false;
  #weak = 0;
  #silent = 0;

  /** @param {import("./types.js").Context & {header: import("./header.js").Header}} context */
  constructor({ root, room, session, notices, header }) {
    this.room = room;
    this.session = session;
    this.notices = notices;
    this.header = header;
    this.choice = find(root, "#class-settings [name=low]", HTMLInputElement);
    this.choice.addEventListener("change", () => this.#setLow(this.choice.checked));
    find(root, "[data-action=low]", HTMLButtonElement).addEventListener("click", () => this.#setLow(true));
    find(root, "[data-action=full]", HTMLButtonElement).addEventListener("click", () => this.#setLow(false));
    new QualityMeter(() => session.media.pc, (quality) => this.#judged(quality));
    session.addEventListener("message", (event) => {
      if (event instanceof CustomEvent && event.detail.type === "welcome" && this.#low) {
        session.signalling.send({ type: "low", on: true });
      }
    });
    room.subscribe(() => this.#watchSilence(room.phase === "in" && room.online && !room.media && Media.isPossible));
  }

  /** @param {boolean} on */
  #setLow(on) {
    this.#low = on;
    this.choice.checked = on;
    this.session.signalling.send({ type: "low", on });
    this.notices.show("low", on);
    this.notices.show("weak", false);
  }

  /** @param {import("./quality.js").Quality} quality */
  #judged(quality) {
    this.header.quality = quality;
    this.header.render();
    clearTimeout(this.#weak);
    if (quality === "weak" && !this.#low) {
      this.#weak = setTimeout(() => this.notices.show("weak", true), WEAK_MS_MAX);
    } else {
      this.notices.show("weak", false);
    }
  }

  /** @param {boolean} silent the class is on, but its sound and pictures do not come */
  #watchSilence(silent) {
    if (!silent) {
      clearTimeout(this.#silent);
      this.#silent = 0;
      this.notices.show("silent", false);
    } else if (this.#silent === 0) {
      this.#silent = setTimeout(() => this.notices.show("silent", true), SILENT_MS_MAX);
    }
  }
}
