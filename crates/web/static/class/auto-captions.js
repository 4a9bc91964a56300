// @ts-check
import { find, make, say } from "./dom.js";

/** Whether voices go to a speech engine that writes captions: told plainly to everybody, switched by the teacher alone, after a question. */
export class AutoCaptions {
  /** What was last said: whether it is on; unknown before the first. @type {boolean | null} */
  #told = null;
  #failed = false;

  /** @param {import("./types.js").Context} context */
  constructor({ root, texts, room, session, announcer, confirm }) {
    this.texts = texts;
    this.room = room;
    this.session = session;
    this.announcer = announcer;
    this.confirm = confirm;
    this.chip = make("p", { name: "tag class-captioned", text: texts.get("class-auto"), data: { testid: "captioned" }, attributes: { hidden: "" } });
    find(root, ".class-signs", HTMLElement).append(this.chip);
    this.words = find(root, ".auto-words", HTMLElement);
    this.button = find(root, "[data-action=auto-captions]", HTMLButtonElement);
    this.button.addEventListener("click", () => void this.#switch());
    session.addEventListener("message", (event) => event instanceof CustomEvent && event.detail.type === "auto_captions" && this.#switched(event.detail));
    room.subscribe(() => this.render());
  }

  get #host() {
    return this.room.lesson?.captions_by ?? "";
  }

  /** @param {{on: boolean, failed?: boolean}} message */
  #switched({ failed = false }) {
    this.#failed = failed;
  }

  render() {
    const { room, texts } = this;
    const on = room.tools.captioned;
    const inside = room.phase === "in";
    this.chip.hidden = !on || !inside;
    this.button.hidden = this.#host === "" && !on;
    this.button.setAttribute("aria-pressed", String(on));
    say(this.button, texts.get(on ? "class-auto-stop" : "class-auto-start"));
    say(this.words, this.#sentence(on));
    if (!inside) {
      this.#told = null;
    } else if (this.#told !== on) {
      // Who comes into a class without them need not hear so.
      if (on || this.#told !== null) {
        const text = on ? "class-auto-told-on" : this.#failed ? "class-auto-failed" : "class-auto-told-off";
        this.announcer.say(texts.get(text, { host: this.#host }));
      }
      this.#told = on;
    }
  }

  /** @param {boolean} on */
  #sentence(on) {
    if (on) {
      return this.texts.get("class-auto-on", { host: this.#host });
    }
    if (this.#failed) {
      return this.texts.get("class-auto-failed");
    }
    return this.texts.get(this.#host === "" && this.room.isTeacher ? "class-auto-never" : "class-auto-off");
  }

  async #switch() {
    const on = !this.room.tools.captioned;
    if (!on || (await this.confirm.ask("auto", { host: this.#host }))) {
      await this.session.command({ type: "auto_captions", on });
    }
  }
}
