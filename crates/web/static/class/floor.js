// @ts-check
import { find } from "./dom.js";

/** Says who has the floor; whoever gets it is told in a line with the button that one wants then. */
export class Floor {
  /** @type {Set<string>} */
  #had = new Set();

  /** @param {import("./types.js").Context} context */
  constructor({ root, texts, room, session, announcer, notices }) {
    this.texts = texts;
    this.room = room;
    this.session = session;
    this.announcer = announcer;
    this.notices = notices;
    find(root, "[data-action=floor-mic]", HTMLButtonElement).addEventListener("click", () => void this.#speak());
    session.own.addEventListener("change", () => this.render());
    session.addEventListener("message", (event) => {
      if (event instanceof CustomEvent && event.detail.type === "floor") {
        this.#tell();
      } else if (event instanceof CustomEvent && (event.detail.type === "welcome" || event.detail.type === "entered")) {
        this.#had = new Set(room.floor);
      }
    });
    room.subscribe(() => this.render());
  }

  render() {
    const { room, session } = this;
    const mine = room.phase === "in" && room.you !== null && room.floor.includes(room.you.person);
    this.notices.show("floor", mine && !session.own.isOn("mic"));
  }

  async #speak() {
    if (!this.session.own.isOn("mic")) {
      await this.session.toggle("mic");
    }
  }

  #tell() {
    const { room, texts, announcer } = this;
    const has = new Set(room.floor);
    for (const person of has) {
      if (!this.#had.has(person)) {
        const name = room.people.get(person)?.name ?? "";
        announcer.say(person === room.you?.person ? texts.get("class-floor-yours") : texts.get("class-floor-of", { name }));
      }
    }
    if (room.you && this.#had.has(room.you.person) && !has.has(room.you.person)) {
      announcer.say(texts.get("class-floor-back"));
    }
    this.#had = has;
  }
}
