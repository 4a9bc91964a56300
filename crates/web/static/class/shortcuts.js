// @ts-check
import { make } from "./dom.js";
import { recall, remember } from "./kept.js";

/**
 * Single keys, off while somebody types, and off for good when the person wants so (WCAG 2.1.4). Each part of the page adds its own.
 */
export class Shortcuts {
  /** @type {Map<string, {words: string, act: () => unknown, leads: boolean}>} by lower-case letter */
  #keys = new Map();

  /**
   * @param {HTMLInputElement} choice the checkbox that turns them on
   * @param {HTMLElement} list a `dl` in which they are explained
   * @param {import("./texts.js").Texts} texts
   * @param {import("./room.js").Room} room
   */
  constructor(choice, list, texts, room) {
    this.choice = choice;
    this.list = list;
    this.texts = texts;
    this.room = room;
    choice.checked = recall("shortcuts") !== "off";
    choice.addEventListener("change", () => remember("shortcuts", choice.checked ? "on" : "off"));
    document.addEventListener("keydown", (event) => this.#press(event));
  }

  /**
   * @param {string} key lower-case letter
   * @param {string} words key of the text that says what it does
   * @param {() => unknown} act
   * @param {{leads?: boolean}} [options] `leads`: for teachers and assistants only
   */
  add(key, words, act, { leads = false } = {}) {
    if (this.#keys.has(key)) {
      throw new Error(`two shortcuts on ${key}`);
    }
    this.#keys.set(key, { words, act, leads });
  }

  /** Writes the list of those that this person has. */
  explain() {
    const mine = [...this.#keys].filter(([, { leads }]) => !leads || this.room.leads);
    this.list.replaceChildren(...mine.map(([key, { words }]) => make("div", {}, [
      make("dt", {}, [make("kbd", { text: key.toUpperCase() })]),
      make("dd", { text: this.texts.get(words) }),
    ])));
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const known = this.#keys.get(event.key.toLowerCase());
    if (!known || (known.leads && !this.room.leads)) {
      return;
    }
    if (!this.choice.checked || event.ctrlKey || event.altKey || event.metaKey || event.repeat || isTyping(event.target)) {
      return;
    }
    event.preventDefault();
    known.act();
  }
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof Element
    && target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog[open]") !== null;
}
