// @ts-check
import { find, make } from "./dom.js";

/** What was said stays so long. */
const SHOWN_MS = 7_000;
/** The sentence before is read to its end while the next begins. */
const LINES_MAX = 2;
/** What is being written is sent so often. */
const SEND_EVERY_MS = 400;
const ON = "preau-captions";
const SIZE = "preau-captions-size";
const INTERPRETER = "preau-interpreter";

/** Captions for those who ask, the place where a captioner writes them, and the interpreter's picture for those who ask. */
export class Captions {
  #over = 0;
  #sending = 0;
  /** Until when a captioner's lines are shown alone, in ms of the page's clock. */
  #writtenUntil = 0;
  /** @type {{by: string, text: string, final: boolean, auto: boolean}[]} */
  #lines = [];
  /** @type {string | null} whose picture the server was asked for */
  #pinned = null;

  /** @param {import("./types.js").Context} context */
  constructor({ root, texts, room, session }) {
    this.texts = texts;
    this.room = room;
    this.session = session;
    // Read aloud when it is complete: what is still being written would be read over and over.
    this.line = make("p", { name: "caption-line", data: { testid: "caption" }, attributes: { hidden: "" } });
    this.spoken = make("p", { name: "hidden-text", attributes: { "aria-live": "polite" } });
    find(root, ".stage", HTMLElement).append(this.line, this.spoken);
    this.on = find(root, "[data-action=captions]", HTMLInputElement);
    this.size = find(root, "[data-action=captions-size]", HTMLSelectElement);
    this.interpreter = find(root, "[data-action=interpreter]", HTMLInputElement);
    this.who = find(root, ".interpreter-words", HTMLElement);
    this.form = find(root, ".captions-write", HTMLFormElement);
    this.field = find(this.form, "textarea", HTMLTextAreaElement);
    this.#remember();
    this.field.addEventListener("input", () => this.#written());
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#send(true);
      }
    });
    session.addEventListener("message", (event) => event instanceof CustomEvent && event.detail.type === "caption" && this.#said(event.detail));
    room.subscribe(() => this.render());
  }

  #remember() {
    this.on.checked = localStorage.getItem(ON) === "yes";
    this.size.value = localStorage.getItem(SIZE) ?? "1";
    this.interpreter.checked = localStorage.getItem(INTERPRETER) === "yes";
    const resize = () => this.line.style.setProperty("--caption-size", this.size.value);
    resize();
    this.on.addEventListener("change", () => {
      localStorage.setItem(ON, this.on.checked ? "yes" : "no");
      this.#clear();
    });
    this.size.addEventListener("change", () => {
      localStorage.setItem(SIZE, this.size.value);
      resize();
    });
    this.interpreter.addEventListener("change", () => {
      localStorage.setItem(INTERPRETER, this.interpreter.checked ? "yes" : "no");
      this.render();
    });
  }

  render() {
    const { room } = this;
    const { me } = room;
    this.form.hidden = room.phase !== "in" || me?.duty !== "captioner";
    const one = [...room.people.values()].find((person) => person.duty === "interpreter");
    this.who.textContent = one ? this.texts.get("class-interpreter-is", { name: one.name }) : this.texts.get("class-interpreter-none");
    const visit = one?.devices.find((device) => device.camera)?.visit ?? null;
    const wanted = this.interpreter.checked && room.phase === "in" ? visit : null;
    if (wanted !== this.#pinned && room.phase === "in") {
      this.#pinned = wanted;
      void this.session.command({ type: "pin", visit: wanted });
    }
    if (room.phase !== "in") {
      this.#pinned = null;
    }
  }

  /** @param {{by: string, text: string, final: boolean, auto?: boolean}} caption */
  #said({ by, text, final, auto = false }) {
    const now = performance.now();
    // What a person writes is right more often than what an engine guesses.
    if (!this.on.checked || (auto && now < this.#writtenUntil)) {
      return;
    }
    if (!auto) {
      this.#writtenUntil = now + SHOWN_MS;
    }
    const before = this.#lines.filter((line) => line.auto === auto && (line.final || line.by !== by));
    this.#lines = [...before, { by, text, final, auto }].slice(-LINES_MAX);
    this.line.replaceChildren(...this.#lines.map((line, at) => this.#shown(line, this.#lines[at - 1]?.by === line.by)));
    this.line.hidden = false;
    if (final) {
      this.spoken.textContent = auto ? `${this.#name(by)}${text}` : text;
    }
    clearTimeout(this.#over);
    this.#over = window.setTimeout(() => this.#clear(), SHOWN_MS);
  }

  /**
   * @param {{by: string, text: string, auto: boolean}} line
   * @param {boolean} goesOn whether the line above is of the same voice, and says whose and whence
   */
  #shown({ by, text, auto }, goesOn) {
    if (!auto || goesOn) {
      return make("span", { name: "caption-said", text });
    }
    const mark = make("span", { name: "caption-mark", text: this.texts.get("class-caption-auto") });
    return make("span", { name: "caption-said" }, [mark, " ", make("b", { text: this.#name(by) }), text]);
  }

  /** @param {string} by */
  #name(by) {
    const name = this.room.people.get(by)?.name;
    return name === undefined ? "" : this.texts.get("class-caption-by", { name });
  }

  #clear() {
    this.#lines = [];
    this.line.hidden = true;
  }

  #written() {
    if (/[.!?…]\s$/.test(this.field.value)) {
      this.#send(true);
    } else if (!this.#sending) {
      this.#sending = window.setTimeout(() => this.#send(false), SEND_EVERY_MS);
    }
  }

  /** @param {boolean} final */
  #send(final) {
    clearTimeout(this.#sending);
    this.#sending = 0;
    const text = this.field.value.trim();
    if (text) {
      void this.session.command({ type: "caption", text, final });
    }
    if (final) {
      this.field.value = "";
    }
  }
}
