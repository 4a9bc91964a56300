// @ts-check
import { find, make, say } from "./dom.js";

/** Whether the class is recorded: told plainly to everybody, switched by the teacher alone, after a question. */
export class Recording {
  /** What was last said: whether it is on; unknown before the first. @type {boolean | null} */
  #told = null;

  /** @param {import("./types.js").Context} context */
  constructor({ root, texts, room, session, announcer, confirm }) {
    this.texts = texts;
    this.room = room;
    this.session = session;
    this.announcer = announcer;
    this.confirm = confirm;
    const dot = make("span", { name: "record-dot", attributes: { "aria-hidden": "true" } });
    this.chip = make("p", { name: "tag class-recorded", data: { testid: "recorded" }, attributes: { hidden: "" } }, [dot, texts.get("class-recorded")]);
    find(root, ".class-signs", HTMLElement).append(this.chip);
    const card = find(root, "[data-record-days]", HTMLElement);
    this.days = card.dataset["recordDays"] ?? "";
    this.words = find(card, ".record-words", HTMLElement);
    this.button = find(card, "[data-action=record]", HTMLButtonElement);
    this.button.addEventListener("click", () => void this.#switch());
    room.subscribe(() => this.render());
  }

  render() {
    const { room, texts } = this;
    const on = room.tools.recording !== null;
    const inside = room.phase === "in";
    const may = room.lesson?.may_record === true;
    this.chip.hidden = !on || !inside;
    this.button.hidden = !may && !on;
    this.button.setAttribute("aria-pressed", String(on));
    say(this.button, texts.get(on ? "class-record-stop" : "class-record-start"));
    say(this.words, texts.get(on ? "class-record-on" : may || !room.isTeacher ? "class-record-off" : "class-record-never"));
    if (!inside) {
      this.#told = null;
    } else if (this.#told !== on) {
      // Who comes into a class that is not recorded need not hear so.
      if (on || this.#told !== null) {
        this.announcer.say(texts.get(on ? "class-record-told-on" : "class-record-told-off"));
      }
      this.#told = on;
    }
  }

  async #switch() {
    const on = this.room.tools.recording === null;
    if (!on || (await this.confirm.ask("record", { days: this.days }))) {
      await this.session.command({ type: "record", on });
    }
  }
}
