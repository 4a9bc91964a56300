// @ts-check
import { find, say } from "./dom.js";
import { Media } from "./media.js";

const CLOCK_EVERY_MS = 5_000;

/** Title, how many are there, the time, and how good the line is, in words. */
export class Header {
  /** @type {import("./quality.js").Quality} */
  quality = "lost";

  /**
   * @param {HTMLElement} root
   * @param {import("./texts.js").Texts} texts
   * @param {import("./room.js").Room} room
   */
  constructor(root, texts, room) {
    this.texts = texts;
    this.room = room;
    this.count = find(root, ".class-count", HTMLElement);
    this.clock = find(root, ".class-clock", HTMLElement);
    this.line = find(root, ".class-line", HTMLElement);
    room.subscribe(() => this.render());
    setInterval(() => this.render(), CLOCK_EVERY_MS);
  }

  render() {
    const { room, texts } = this;
    this.count.hidden = room.phase !== "in";
    say(this.count, texts.count("class-present", room.presentCount));
    say(this.clock, texts.time(Date.now() + room.clockOffsetMs));
    const quality = !room.online ? "offline" : room.phase !== "in" || !Media.isPossible ? "online" : this.quality;
    this.line.dataset["quality"] = quality;
    this.line.hidden = room.phase === "ended";
    say(this.line, texts.get(`class-line-${quality}`));
  }
}
