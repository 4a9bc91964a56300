// @ts-check
import { find, say } from "./dom.js";

/** Lines above the stage: what happened, and what to do. Each stands in the template, hidden. */
export class Notices {
  /**
   * @param {HTMLElement} root
   * @param {import("./texts.js").Texts} texts
   */
  constructor(root, texts) {
    this.root = root;
    this.texts = texts;
    for (const button of root.querySelectorAll("[data-action=dismiss]")) {
      button.addEventListener("click", () => button.closest("[data-notice]")?.setAttribute("hidden", ""));
    }
  }

  /** @param {string} name */
  element(name) {
    return find(this.root, `[data-notice=${name}]`, HTMLElement);
  }

  /**
   * @param {string} name
   * @param {boolean} shown
   */
  show(name, shown) {
    this.element(name).hidden = !shown;
  }

  /**
   * A line about a number of people; none about nobody.
   * @param {string} name
   * @param {string} key
   * @param {number} count
   */
  count(name, key, count) {
    const notice = this.element(name);
    notice.hidden = count === 0;
    if (count > 0) {
      say(find(notice, "p", HTMLElement), this.texts.count(key, count));
    }
  }

  /**
   * Something did not work, or was done by somebody else.
   * @param {string} key
   * @param {Record<string, string>} [values]
   */
  tell(key, values = {}) {
    this.#told = key;
    const notice = this.element("message");
    say(find(notice, "p", HTMLElement), this.texts.get(key, values));
    notice.hidden = false;
  }

  /**
   * Takes the message away: whatever it is, or only this one.
   * @param {string} [key]
   */
  clear(key) {
    if (key === undefined || key === this.#told) {
      this.show("message", false);
    }
  }

  /** The key of the last message. */
  #told = "";
}
