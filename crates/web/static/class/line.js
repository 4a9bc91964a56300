// @ts-check
import { find, say } from "./dom.js";
import { recall, remember } from "./kept.js";
import { Media } from "./media.js";
import { QualityMeter } from "./quality.js";
import { Saver } from "./saver.js";
import { Thinness } from "./thinness.js";

/** Without sound and pictures for so long, the network is named as the likely cause. */
const SILENT_MS_MAX = 15_000;
const JUDGED_EVERY_MS = 1_000;

/**
 * Watches the line, and gives pictures up for the voices: when somebody asks for it, or by itself when the line says so. The sound
 * goes first in everything: one's own camera becomes small, then goes off, before a word is lost.
 */
export class Line {
  #saver = new Saver(recall("low") === "yes");
  /** The server measures that only a voice gets to us. */
  #narrow = false;
  /** It has just said so. */
  #narrowTold = false;
  /** Our line carries nothing else than voices, as we or the server measure it, since we take voices only. */
  #thin = new Thinness();
  /** Somebody of the class needs small voices. */
  #sparing = false;
  /** We have switched the camera off; it comes back with the pictures. */
  #heldCamera = false;
  #silent = 0;
  #silenceTold = false;

  /** @param {import("./types.js").Context & {header: import("./header.js").Header}} context */
  constructor({ root, texts, room, session, notices, announcer, header }) {
    this.texts = texts;
    this.room = room;
    this.session = session;
    this.notices = notices;
    this.announcer = announcer;
    this.header = header;
    this.choice = find(root, "#class-settings [name=low]", HTMLInputElement);
    this.button = find(root, "[data-action=weak-line]", HTMLButtonElement);
    this.words = find(notices.element("low"), "p", HTMLElement);
    this.choice.addEventListener("change", () => this.#ask(this.choice.checked));
    this.button.addEventListener("click", () => this.#ask(this.#saver.mode === "full"));
    find(root, "[data-action=full]", HTMLButtonElement).addEventListener("click", () => this.#ask(false));
    this.meter = new QualityMeter({
      pc: () => session.media.pc,
      isBare: () => this.#isLow,
      onChange: (quality) => {
        header.quality = quality;
        header.render();
      },
      onBroken: () => this.#judge(),
      onLosses: () => this.#speak(),
    });
    session.signalling.isStrained = () => this.#isLow || this.meter.isStrained;
    setInterval(() => this.#judge(), JUDGED_EVERY_MS);
    session.addEventListener("message", (event) => event instanceof CustomEvent && this.#heard(event.detail));
    session.own.addEventListener("change", () => this.#ownChanged());
    room.subscribe(() => this.#watchSilence(room.phase === "in" && room.online && !room.media && !room.queued));
    this.#show();
  }

  /** @param {import("./types.js").ServerMessage} message */
  #heard(message) {
    if (message.type === "welcome") {
      this.#narrow = this.#narrowTold = this.#sparing = false;
      this.#tell();
      void this.#holdCamera();
    } else if (message.type === "entered") {
      // Nobody who waits is asked what their line carries: what was said of it then was refused.
      this.#tell();
    } else if (message.type === "line") {
      this.#narrow = this.#narrowTold = message.narrow;
    } else if (message.type === "sparing") {
      this.#sparing = message.on;
      this.#speak();
    }
  }

  #judge() {
    if (this.room.phase !== "in" || !this.room.media) {
      return;
    }
    // While we take voices only the server measures nothing of our line.
    const weak = (this.#narrow && !this.#isLow) || this.meter.quality === "weak";
    if (weak !== this.room.weak) {
      this.room.weak = weak;
      this.room.touch();
    }
    this.session.media.setSmallCamera(this.meter.quality === "fair" || this.meter.quality === "weak");
    const broken = this.meter.isBroken || this.#narrowTold;
    this.#narrowTold = false;
    const now = performance.now();
    if (this.#saver.sample(weak, now, broken)) {
      this.#thin.begin(this.#isLow, now);
      this.#changed();
    } else if (this.#isLow && this.#thin.sample(weak || broken, this.#saver.cause === "line", now)) {
      this.#tell();
    }
  }

  /** @param {boolean} low */
  #ask(low) {
    remember("low", low ? "yes" : "no");
    const now = performance.now();
    this.#saver.ask(low ? "voice" : "full", now);
    this.#thin.begin(low && this.room.weak, now);
    this.#changed();
  }

  #changed() {
    this.#tell();
    this.#show();
    this.announcer.say(this.texts.get(this.#isLow ? "class-low-said" : "class-low-over"));
    void this.#holdCamera();
  }

  get #isLow() {
    return this.#saver.mode === "voice";
  }

  /** The server, which knows nothing of it after a new connection. */
  #tell() {
    this.session.signalling.send({ type: "low", on: this.#isLow, weak: this.#isLow && this.#thin.isOn });
    this.#speak();
  }

  /** One's own voice is small where one's own line is weak, and where somebody's is; and twice where one's own loses packets. */
  #speak() {
    const usual = this.meter.losesVoice ? "doubled" : "usual";
    void this.session.media.speak(this.#isLow ? "bare" : this.#sparing ? "small" : usual);
  }

  #show() {
    const low = this.#isLow;
    this.choice.checked = low;
    this.button.setAttribute("aria-pressed", String(low));
    say(find(this.button, ".state", HTMLElement), this.texts.get(low ? "class-low-pressed" : "class-low-released"));
    const key = this.#saver.cause === "line" ? "class-low-by-itself" : "class-low-on";
    say(this.words, this.texts.get(this.#heldCamera ? `${key}-camera` : key));
    this.notices.show("low", low);
    this.room.saves = low;
    this.room.touch();
  }

  async #holdCamera() {
    const { own } = this.session;
    if (this.#isLow && own.isOn("camera")) {
      this.#heldCamera = true;
      await own.turn("camera", false);
    } else if (!this.#isLow && this.#heldCamera) {
      this.#heldCamera = false;
      try {
        await own.turn("camera", true);
      } catch {
        // It was unplugged meanwhile: the button says that it is off.
      }
    }
    this.#show();
  }

  /** Who switches the camera on while voices only are taken wants it on. */
  #ownChanged() {
    if (this.#heldCamera && this.session.own.isOn("camera")) {
      this.#heldCamera = false;
      this.#show();
    }
  }

  /**
   * The class is on, but its sound and pictures do not come: said once, until they have come.
   * @param {boolean} silent
   */
  #watchSilence(silent) {
    if (this.room.media) {
      this.#silenceTold = false;
      this.notices.show("silent", false);
    }
    if (!silent || !Media.isPossible) {
      clearTimeout(this.#silent);
      this.#silent = 0;
    } else if (this.#silent === 0 && !this.#silenceTold) {
      this.#silent = setTimeout(() => {
        this.#silenceTold = true;
        this.notices.show("silent", true);
      }, SILENT_MS_MAX);
    }
  }
}
