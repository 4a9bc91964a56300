// @ts-check
import { find, say } from "./dom.js";

/** @typedef {"chat" | "people"} PanelName */

/** Below this width the panel lies over the stage. */
const NARROW = "(max-width: 60rem)";

/** The side panel: chat or participants, one at a time. */
export class Panel extends EventTarget {
  /** @type {PanelName | null} */
  open = null;
  /** @type {HTMLElement | null} where the focus was */
  #from = null;

  /** @param {HTMLElement} root the class */
  constructor(root) {
    super();
    this.aside = find(root, "#class-panel", HTMLElement);
    this.parts = { chat: find(root, "#class-chat", HTMLElement), people: find(root, "#class-people", HTMLElement) };
    this.buttons = {
      chat: find(root, "[data-action=chat]", HTMLButtonElement),
      people: find(root, "[data-action=people]", HTMLButtonElement),
    };
    this.badge = find(this.buttons.chat, ".badge", HTMLElement);
    this.narrow = matchMedia(NARROW);
    for (const name of /** @type {PanelName[]} */ (["chat", "people"])) {
      this.buttons[name].addEventListener("click", () => this.toggle(name));
      find(this.parts[name], ".panel-close", HTMLButtonElement).addEventListener("click", () => this.close());
    }
    this.aside.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        this.close();
      }
    });
  }

  /** On a wide page the chat is there from the beginning. */
  begin() {
    this.#show(this.narrow.matches ? null : "chat");
  }

  /** @param {PanelName} name */
  toggle(name) {
    if (this.open === name) {
      this.close();
      return;
    }
    this.#from = this.buttons[name];
    this.#show(name);
    find(this.parts[name], "[data-focus]", HTMLElement).focus();
  }

  close() {
    this.#show(null);
    this.#from?.focus();
    this.#from = null;
  }

  /**
   * How many lines of the chat were not seen.
   * @param {number} count
   * @param {string} words for the count
   */
  unread(count, words) {
    this.badge.hidden = count === 0;
    say(find(this.badge, "[aria-hidden]", HTMLElement), count > 99 ? "99+" : String(count));
    say(find(this.badge, ".hidden-text", HTMLElement), words);
  }

  /** @param {PanelName | null} name */
  #show(name) {
    this.open = name;
    this.aside.hidden = name === null;
    this.aside.parentElement?.setAttribute("data-panel", name ?? "none");
    this.parts.chat.hidden = name !== "chat";
    this.parts.people.hidden = name !== "people";
    this.buttons.chat.setAttribute("aria-expanded", String(name === "chat"));
    this.buttons.people.setAttribute("aria-expanded", String(name === "people"));
    this.dispatchEvent(new Event("change"));
  }
}
