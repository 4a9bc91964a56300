// @ts-check
import { recall, remember } from "./kept.js";

/**
 * Single keys, off while somebody types, and off for good when the person wants so (WCAG 2.1.4).
 */
export class Shortcuts {
  /**
   * @param {HTMLInputElement} choice the checkbox that turns them on
   * @param {Record<string, () => unknown>} keys by lower-case letter
   */
  constructor(choice, keys) {
    this.choice = choice;
    this.keys = keys;
    choice.checked = recall("shortcuts") !== "off";
    choice.addEventListener("change", () => remember("shortcuts", choice.checked ? "on" : "off"));
    document.addEventListener("keydown", (event) => this.#press(event));
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const act = this.keys[event.key.toLowerCase()];
    if (!act || !this.choice.checked || event.ctrlKey || event.altKey || event.metaKey || event.repeat || isTyping(event.target)) {
      return;
    }
    event.preventDefault();
    act();
  }
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof Element && target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open]") !== null;
}
