// @ts-check

/** A box that a button shows and hides. Escape, a press elsewhere and every command in it close it. */
export class Disclosure {
  /**
   * @param {HTMLButtonElement} button
   * @param {HTMLElement} box
   * @param {{stays?: boolean}} [options] `stays`: commands in it don't close it
   */
  constructor(button, box, { stays = false } = {}) {
    this.button = button;
    this.box = box;
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", box.id);
    button.addEventListener("click", () => this.toggle());
    box.addEventListener("click", (event) => {
      if (!stays && event.target instanceof Element && event.target.closest("button:not([aria-disabled=true])")) {
        this.#show(false);
      }
    });
    for (const part of [box, button]) {
      part.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && !box.hidden) {
          event.preventDefault();
          this.#show(false);
          // A button that stands in a menu is hidden with it.
          const back = button.offsetParent ? button : button.closest(".class-tools")?.querySelector("[data-action=more]");
          back instanceof HTMLElement && back.focus();
        }
      });
    }
    document.addEventListener("pointerdown", (event) => {
      if (!box.hidden && event.target instanceof Node && !box.contains(event.target) && !button.contains(event.target)) {
        this.#show(false);
      }
    });
  }

  toggle() {
    const shown = this.box.hidden === true;
    this.#show(shown);
    const first = this.box.querySelector("button:not([hidden], [data-empty])");
    if (shown && first instanceof HTMLElement) {
      first.focus();
    }
  }

  /** @param {boolean} shown */
  #show(shown) {
    this.box.hidden = !shown;
    this.button.setAttribute("aria-expanded", String(shown));
  }
}
