// @ts-check
import { find, say } from "./dom.js";

/**
 * Lines above the stage: what happened, and what to do. Each stands in the template, hidden; those marked `data-aloud` are read out as they
 * come, as screen readers miss a live region that is shown together with its words.
 */
export class Notices {
  /**
   * @param {HTMLElement} root
   * @param {import("./texts.js").Texts} texts
   * @param {import("./announce.js").Announcer} announcer
   */
  constructor(root, texts, announcer) {
    this.root = root;
    this.texts = texts;
    for (const notice of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-aloud]"))) {
      const words = find(notice, "p", HTMLElement);
      let said = "";
      const read = () => {
        const text = notice.hidden ? "" : words.textContent ?? "";
        if (text !== said && text !== "") {
          announcer.say(text);
        }
        said = text;
      };
      new MutationObserver(read).observe(notice, { attributes: true, attributeFilter: ["hidden"], childList: true, subtree: true });
    }
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
