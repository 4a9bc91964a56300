// @ts-check
import { find, say } from "./dom.js";
import { NotesText } from "./notes-text.js";
import { CommandError } from "./signalling.js";

/** Between two splices: what is typed in that time goes together. */
const SEND_EVERY_MS = 300;
/** After a refusal for haste, or a database that did not answer. */
const AGAIN_MS = 1_000;

/** The shared notes: one text in which several write at the same time, and each keeps the place in it. */
export class Notes {
  #text = new NotesText();
  #timer = 0;
  #told = 0;

  /** @param {import("./types.js").Context} context */
  constructor({ root, texts, room, session, panel, announcer, shortcuts }) {
    this.texts = texts;
    this.room = room;
    this.session = session;
    this.announcer = announcer;
    this.panel = panel;
    this.field = find(root, "#notes-field", HTMLTextAreaElement);
    this.state = find(root, ".notes-state", HTMLElement);
    this.field.addEventListener("input", () => this.#typed());
    shortcuts.add("n", "class-notes", () => room.phase === "in" && panel.toggle("notes"));
    session.addEventListener("message", (event) => event instanceof CustomEvent && this.#heard(event.detail));
    room.subscribe(() => this.render());
  }

  render() {
    const { room, texts } = this;
    const may = room.may("notes");
    this.field.readOnly = !may;
    const state = !may ? "class-notes-locked" : this.#text.isSettled ? "class-notes-kept" : room.online ? "class-notes-sending" : "class-notes-offline";
    say(this.state, texts.get(state));
  }

  #typed() {
    this.#text.type(this.field.value);
    this.#later(SEND_EVERY_MS);
    this.render();
  }

  /** @param {number} ms */
  #later(ms) {
    if (this.#timer === 0) {
      this.#timer = setTimeout(() => {
        this.#timer = 0;
        void this.#send();
      }, ms);
    }
  }

  async #send() {
    const edit = this.room.online && this.room.phase === "in" ? this.#text.send() : null;
    if (!edit) {
      return;
    }
    try {
      await this.session.signalling.request({ type: "notes_edit", ...edit });
    } catch (error) {
      this.#refused(error instanceof CommandError ? error.code : "offline");
    }
    if (!this.#text.isSettled) {
      this.#later(SEND_EVERY_MS);
    }
    this.render();
  }

  /** @param {string} code */
  #refused(code) {
    if (code === "offline" || code === "stale" || code === "too_fast" || code === "not_stored") {
      // Sent again when there is a connection; the welcome has told by then whether it had arrived.
      if (code !== "offline") {
        this.#text.unsend();
        this.#later(AGAIN_MS);
      }
      return;
    }
    this.#text.forget();
    this.#show((place) => place);
    this.session.dispatchEvent(new CustomEvent("problem", { detail: code === "too_long" ? "class-notes-too-long" : `live-error-${code.replaceAll("_", "-")}` }));
  }

  /** @param {import("./types.js").ServerMessage} message */
  #heard(message) {
    const you = this.room.you?.person;
    if (message.type === "notes_edited") {
      this.#show(this.#text.edited(message.version, message.splice, message.by === you));
      this.#tell(message.by);
    } else if (message.type === "notes" || message.type === "welcome" || message.type === "entered") {
      const notes = message.type === "notes" ? message.notes : message.room?.notes;
      if (!notes) {
        return;
      }
      this.#show(this.#text.renewed(notes));
      if (message.type !== "notes") {
        this.#text.unsend();
        this.#later(SEND_EVERY_MS);
      }
    }
    this.render();
  }

  /**
   * Writes the text into the field, and leaves caret and scroll where they were in it.
   * @param {(place: number) => number} where
   */
  #show(where) {
    const { field } = this;
    const { text } = this.#text;
    if (field.value === text) {
      return;
    }
    const before = field.value;
    const place = (/** @type {number} */ unit) => where([...before.slice(0, unit)].length);
    const [from, to, { scrollTop }] = [place(field.selectionStart), place(field.selectionEnd), field];
    const characters = [...text];
    const unit = (/** @type {number} */ at) => characters.slice(0, at).join("").length;
    field.value = text;
    field.setSelectionRange(unit(from), unit(to));
    field.scrollTop = scrollTop;
  }

  /** Somebody else writes: said now and then to whom has the notes open. @param {string} by */
  #tell(by) {
    if (by === this.room.you?.person || this.panel.open !== "notes" || Date.now() - this.#told < 30_000) {
      return;
    }
    this.#told = Date.now();
    this.announcer.say(this.texts.get("class-notes-told", { name: this.room.people.get(by)?.name ?? "" }));
  }
}
