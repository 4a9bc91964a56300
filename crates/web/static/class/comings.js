// @ts-check

/** Says who comes and goes, whose hand is up, and what becomes of oneself and of the line, to who does not look. */
export class Comings {
  /** @type {Map<string, string>} names by person, also of those who have just left */
  #names = new Map();
  /** @type {Set<string>} */
  #handsUp = new Set();
  #isCut = false;
  #isOver = false;

  /** @param {import("./types.js").Context} context */
  constructor({ texts, room, session, announcer, notices }) {
    this.texts = texts;
    this.room = room;
    this.announcer = announcer;
    this.notices = notices;
    room.subscribe(() => {
      room.people.forEach(({ person, name }) => this.#names.set(person, name));
      this.#line();
      this.#end();
    });
    session.addEventListener("message", (event) => event instanceof CustomEvent && this.#heard(event.detail));
  }

  #line() {
    const { online, phase } = this.room;
    const isCut = !online && phase !== "connecting" && phase !== "ended";
    if (isCut !== this.#isCut && phase !== "ended") {
      this.announcer.say(this.texts.get(isCut ? "class-reconnecting" : "class-back-online"));
    }
    this.#isCut = isCut;
  }

  /** The heading gets the focus and is read by that; why it is so is not. */
  #end() {
    const { phase, ending } = this.room;
    const why = `class-end-${(ending ?? "").replaceAll("_", "-")}`;
    if (phase === "ended" && !this.#isOver && this.texts.has(why)) {
      this.announcer.say(this.texts.get(why));
    }
    this.#isOver = phase === "ended";
  }

  /** @param {import("./types.js").ServerMessage} message */
  #heard(message) {
    const { announcer, texts } = this;
    switch (message.type) {
      case "welcome":
        this.#handsUp = new Set(this.room.hands.map((hand) => hand.person));
        if (message.state === "in" && !message.resumed) {
          announcer.say(texts.get("class-entered"));
        }
        break;
      case "entered":
        this.#handsUp = new Set(this.room.hands.map((hand) => hand.person));
        announcer.say(texts.get("class-entered"));
        this.notices.clear();
        break;
      case "waiting":
        announcer.say(texts.get("class-waiting-title"));
        break;
      case "joined":
        announcer.came(message.participant.name);
        break;
      case "left":
        announcer.went(this.#names.get(message.person) ?? "");
        break;
      case "hands":
        this.#hands(message.hands);
        break;
      default:
        break;
    }
  }

  /** @param {import("./types.js").Hand[]} hands */
  #hands(hands) {
    const up = new Set(hands.map((hand) => hand.person));
    const you = this.room.you?.person;
    for (const person of up) {
      if (!this.#handsUp.has(person) && person !== you) {
        this.announcer.say(this.texts.get("class-hand-raised", { name: this.#names.get(person) ?? "" }));
      }
    }
    if (you && this.#handsUp.has(you) && !up.has(you)) {
      this.announcer.say(this.texts.get("class-hand-lowered"));
    }
    this.#handsUp = up;
  }
}
