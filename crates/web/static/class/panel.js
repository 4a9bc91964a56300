// @ts-check
import { find, say } from "./dom.js";

/** Below this width the panel lies over the stage. */
const NARROW = "(max-width: 60rem)";

/**
 * The side panel: any number of parts, one at a time. A part is a `[data-part=NAME]` of the panel, its button a
 * `[data-panel=NAME]` anywhere in the class; where the focus goes in it is marked `data-focus`. A part with nothing in it has no button.
 * Fires `change` when another part is open.
 */
export class Panel extends EventTarget {
  /** @type {string | null} */
  open = null;
  /** @type {Map<string, HTMLElement>} */
  #parts = new Map();
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();

  /** @param {HTMLElement} root the class */
  constructor(root) {
    super();
    this.aside = find(root, "#class-panel", HTMLElement);
    this.narrow = matchMedia(NARROW);
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (this.aside.querySelectorAll("[data-part]"))) {
      if (part.childElementCount > 0) {
        this.#parts.set(part.dataset["part"] ?? "", part);
      }
    }
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (root.querySelectorAll("button[data-panel]"))) {
      const name = button.dataset["panel"] ?? "";
      button.toggleAttribute("data-empty", !this.#parts.has(name));
      this.#buttons.set(name, button);
      button.addEventListener("click", () => this.toggle(name));
    }
    for (const close of this.aside.querySelectorAll(".panel-close")) {
      close.addEventListener("click", () => this.close());
    }
    this.aside.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) {
        this.close();
      }
    });
  }

  /** On a wide page the chat is there from the beginning. */
  begin() {
    this.#show(this.narrow.matches ? null : "chat");
  }

  /** @param {string} name */
  toggle(name) {
    if (this.open === name) {
      this.close();
    } else {
      this.show(name);
    }
  }

  /**
   * Opens a part, and puts the focus into it.
   * @param {string} name
   */
  show(name) {
    const part = this.#parts.get(name);
    if (!part) {
      return;
    }
    this.#show(name);
    const focus = [...part.querySelectorAll("[data-focus]")].find((one) => one instanceof HTMLElement && one.offsetParent !== null);
    if (focus instanceof HTMLElement) {
      focus.focus();
    }
  }

  /** The focus goes back to the button of what was open. */
  close() {
    const button = this.#buttons.get(this.open ?? "");
    this.#show(null);
    // What is in the menu is hidden by now; the menu's own button is there.
    const back = button?.closest(".class-more") ? button.closest(".class-tools")?.querySelector("[data-action=more]") : button;
    if (back instanceof HTMLElement) {
      back.focus();
    }
  }

  /**
   * A count on a part's button: lines of the chat that were not seen, knocks at the door.
   * @param {string} name
   * @param {number} count
   * @param {string} words for the count
   */
  badge(name, count, words) {
    const badge = this.#buttons.get(name)?.querySelector(".badge");
    if (badge instanceof HTMLElement) {
      badge.hidden = count === 0;
      say(find(badge, "[aria-hidden]", HTMLElement), count > 99 ? "99+" : String(count));
      say(find(badge, ".hidden-text", HTMLElement), words);
      this.dispatchEvent(new Event("badges"));
    }
  }

  /** @param {string | null} name */
  #show(name) {
    this.open = name;
    this.aside.hidden = name === null;
    this.aside.parentElement?.setAttribute("data-panel", name ?? "none");
    this.#parts.forEach((part, one) => {
      part.hidden = one !== name;
    });
    this.#buttons.forEach((button, one) => button.setAttribute("aria-expanded", String(one === name)));
    this.dispatchEvent(new Event("change"));
  }
}
