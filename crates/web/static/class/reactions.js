// @ts-check
import { Disclosure } from "./disclosure.js";
import { find, say } from "./dom.js";

/** How long a reaction is shown. */
const SHOWN_MS = 6_000;

/** @typedef {import("./types.js").Pace} Pace */

/** Signs for a moment, shown with the person; and how one follows, which only the teachers get, and only as a number. */
export class Reactions {
  /** @type {Map<string, number>} timers by person */
  #timers = new Map();
  /** @type {Pace | null} */
  #pace = null;
  /** How many were lost when it was last said. */
  #lost = 0;

  /** @param {import("./types.js").Context} context */
  constructor({ root, texts, room, session, announcer, notices, shortcuts }) {
    this.texts = texts;
    this.room = room;
    this.session = session;
    this.announcer = announcer;
    this.notices = notices;
    this.button = find(root, "[data-action=react]", HTMLButtonElement);
    this.box = find(root, "#class-react", HTMLElement);
    const menu = new Disclosure(this.button, this.box);
    this.why = find(this.box, ".react-why", HTMLElement);
    this.kinds = /** @type {HTMLButtonElement[]} */ ([...this.box.querySelectorAll("[data-react]")]);
    this.paces = /** @type {HTMLButtonElement[]} */ ([...this.box.querySelectorAll("[data-pace-choice]")]);
    for (const button of this.kinds) {
      button.addEventListener("click", () => this.#react(button.dataset["react"] ?? ""));
    }
    for (const button of this.paces) {
      button.addEventListener("click", () => void this.#say(/** @type {Pace} */ (button.dataset["paceChoice"])));
    }
    this.counts = find(root, ".pace", HTMLElement);
    this.reset = find(root, "[data-action=pace-reset]", HTMLButtonElement);
    this.reset.addEventListener("click", () => void session.command({ type: "pace_reset" }));
    shortcuts.add("j", "class-react", () => room.phase === "in" && menu.toggle());
    session.addEventListener("message", (event) => event instanceof CustomEvent && this.#heard(event.detail));
    room.subscribe(() => this.render());
  }

  render() {
    const { room, texts } = this;
    const may = room.may("react");
    this.button.hidden = room.you?.role === "observer";
    for (const button of this.kinds) {
      button.setAttribute("aria-disabled", String(!may));
    }
    this.why.hidden = may;
    say(this.why, texts.get("class-why-react"));
    for (const button of this.paces) {
      button.setAttribute("aria-pressed", String(button.dataset["paceChoice"] === this.#pace));
    }
    const { pace } = room.tools;
    for (const kind of /** @type {Pace[]} */ (["follow", "slower", "lost"])) {
      const row = find(this.counts, `[data-pace=${kind}]`, HTMLElement);
      row.toggleAttribute("data-some", pace[kind] > 0);
      say(find(row, "dd", HTMLElement), String(pace[kind]));
    }
    this.reset.hidden = pace.follow + pace.slower + pace.lost === 0;
  }

  /** @param {string} kind */
  #react(kind) {
    if (this.room.may("react")) {
      void this.session.command({ type: "react", kind });
    } else {
      this.notices.tell("class-why-react");
    }
  }

  /** Pressed again, it is taken back.
   * @param {Pace} pace
   */
  async #say(pace) {
    const is = this.#pace === pace ? null : pace;
    if (await this.session.command({ type: "pace", is })) {
      this.#pace = is;
      this.render();
    }
  }

  /** @param {import("./types.js").ServerMessage} message */
  #heard(message) {
    if (message.type === "reaction") {
      this.#show(message.person, message.kind);
    } else if (message.type === "welcome" && !message.resumed) {
      this.#pace = null;
    } else if (message.type === "pace") {
      if (message.pace.lost > this.#lost) {
        this.announcer.say(this.texts.count("class-pace-told", message.pace.lost));
      }
      this.#lost = message.pace.lost;
    }
  }

  /**
   * @param {string} person
   * @param {import("./types.js").Reaction} kind
   */
  #show(person, kind) {
    const { room } = this;
    const sign = this.kinds.find((button) => button.dataset["react"] === kind)?.dataset["sign"];
    if (!sign) {
      return;
    }
    room.tools.reactions.set(person, { kind, sign });
    clearTimeout(this.#timers.get(person));
    this.#timers.set(person, setTimeout(() => {
      room.tools.reactions.delete(person);
      room.touch();
    }, SHOWN_MS));
    room.touch();
    if (room.leads && person !== room.you?.person) {
      const name = room.people.get(person)?.name ?? "";
      this.announcer.say(this.texts.get("class-reacted", { name, what: this.texts.get(`class-react-${kind}`) }));
    }
  }
}
