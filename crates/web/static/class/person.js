// @ts-check
import { find, make } from "./dom.js";

/** @typedef {import("./types.js").Participant} Participant */

/** The dialog about one person: exceptions from the rules, a duty, and the way out. Leaders only. */
export class PersonDialog {
  /** @type {string | null} */
  #person = null;

  /** @param {import("./types.js").Context} context */
  constructor({ root, texts, room, session, confirm }) {
    this.texts = texts;
    this.room = room;
    this.session = session;
    this.confirm = confirm;
    this.dialog = find(root, "#class-person", HTMLDialogElement);
    this.title = find(this.dialog, "h2", HTMLElement);
    this.exceptions = find(this.dialog, ".person-own", HTMLElement);
    this.uses = /** @type {HTMLSelectElement[]} */ ([...this.dialog.querySelectorAll("[data-own]")]);
    this.duty = find(this.dialog, "[data-duty]", HTMLSelectElement);
    this.out = find(this.dialog, ".person-out", HTMLElement);
    for (const use of this.uses) {
      use.addEventListener("change", () => void this.#except());
    }
    this.duty.addEventListener("change", () => void this.#ask({ type: "duty", duty: this.duty.value || null }));
    room.subscribe(() => this.dialog.open && this.render());
  }

  /** @param {string} person */
  open(person) {
    this.#person = person;
    this.#acts();
    this.render();
    this.dialog.showModal();
    this.title.focus();
  }

  render() {
    const one = this.room.people.get(this.#person ?? "");
    if (!one) {
      this.dialog.close();
      return;
    }
    this.title.textContent = one.name;
    this.exceptions.hidden = one.role !== "pupil" && one.role !== "guest";
    for (const use of this.uses) {
      const own = one.own?.[/** @type {keyof import("./types.js").Own} */ (use.dataset["own"])];
      use.value = own === undefined ? "" : String(own);
    }
    this.duty.value = one.duty ?? "";
  }

  /** The exceptions are told whole: what is not named is as the rules say. */
  async #except() {
    const own = Object.fromEntries(this.uses.filter((use) => use.value !== "").map((use) => [use.dataset["own"], use.value === "true"]));
    await this.#ask({ type: "own", own });
  }

  /** @param {import("./types.js").ClientMessage} message */
  async #ask(message) {
    await this.session.command({ ...message, person: this.#person });
    this.render();
  }

  #acts() {
    const one = this.room.people.get(this.#person ?? "");
    if (!one) {
      return;
    }
    const { person, name, role } = one;
    /** @type {HTMLElement[]} */
    const acts = [];
    if (this.room.isTeacher && (role === "observer" || role === "assistant")) {
      const on = role === "observer";
      acts.push(this.#button(on ? "assistant-on" : "assistant-off", "small", () => this.session.command({ type: "assistant", person, on })));
    }
    if (role === "pupil" || role === "guest" || role === "observer") {
      acts.push(this.#button("send-back", "small", () => this.#leave("send-back", { type: "send_back", person }, name)));
    }
    if (role !== "teacher" && (role !== "assistant" || this.room.isTeacher)) {
      acts.push(this.#button("remove", "small danger", () => this.#leave("remove", { type: "remove", person }, name)));
    }
    this.out.replaceChildren(...acts);
  }

  /**
   * @param {string} what
   * @param {import("./types.js").ClientMessage} message
   * @param {string} name
   */
  async #leave(what, message, name) {
    this.dialog.close();
    if (await this.confirm.ask(what, { name })) {
      void this.session.command(message);
    }
  }

  /**
   * @param {string} action
   * @param {string} style
   * @param {() => unknown} act
   */
  #button(action, style, act) {
    const button = make("button", { name: style, text: this.texts.get(`class-act-${action}`), data: { testid: action }, attributes: { type: "button" } });
    button.addEventListener("click", () => void act());
    return button;
  }
}
