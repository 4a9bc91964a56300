// @ts-check

/** Parts of the class that have a place of their own for the focus, marked `data-focus`. */
const PARTS = "[data-part], .board, .class-tools";
/** What takes the focus away from where it is, beside a removal. */
const TAKES = ["hidden", "disabled", "open", "data-phase", "data-empty"];

/**
 * Keeps the focus in the class: when what has it is taken away, hidden or disabled, the nearest place around it gets it. Whoever uses keys
 * or hears the page would begin again at its top otherwise.
 */
export class FocusKeeper {
  /** @type {HTMLElement | null} what has the focus, or had it a moment ago */
  #held = null;
  /** @type {Element[]} what it stands in, from within; for a dialog, what the focus stood in before */
  #around = [];
  #looks = false;

  /** @param {HTMLElement} root the class, with headings that can have the focus */
  constructor(root) {
    this.root = root;
    root.addEventListener("focusin", ({ target }) => target instanceof HTMLElement && this.#take(target));
    // Whoever presses elsewhere has left it.
    document.addEventListener("pointerdown", ({ target }) => {
      if (target instanceof Node && !this.#held?.contains(target)) {
        this.#held = null;
      }
    });
    new MutationObserver(() => this.#later()).observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: TAKES });
  }

  /** @param {HTMLElement} target */
  #take(target) {
    this.#held = target;
    if (!target.closest("dialog")) {
      this.#around = ancestors(target);
    }
  }

  #later() {
    if (this.#held && !this.#looks) {
      this.#looks = true;
      requestAnimationFrame(() => {
        this.#looks = false;
        this.#look();
      });
    }
  }

  #look() {
    const { activeElement } = document;
    const isElsewhere = activeElement !== document.body && activeElement !== this.#held;
    if (this.#held && !isElsewhere && !canHold(this.#held)) {
      this.#next()?.focus({ preventScroll: true });
    }
  }

  /** @returns {HTMLElement | undefined} */
  #next() {
    const dialog = this.root.querySelector("dialog[open]");
    const parts = dialog ? [dialog] : this.#around.filter((one) => one.matches(PARTS) && canHold(one));
    const places = parts.flatMap((part) => placesIn(part, dialog ? "h2[tabindex], button" : "[data-focus]"));
    return [...places, ...placesIn(this.root, "h1, h2[tabindex]")][0];
  }
}

/**
 * @param {Element} part
 * @param {string} selector
 */
function placesIn(part, selector) {
  return /** @type {HTMLElement[]} */ ([...part.querySelectorAll(selector)].filter(canHold));
}

/** @param {Element} element */
function ancestors(element) {
  const found = [];
  for (let one = element.parentElement; one; one = one.parentElement) {
    found.push(one);
  }
  return found;
}

/** @param {Element} element */
function canHold(element) {
  return element.isConnected && element.getClientRects().length > 0 && !element.matches(":disabled");
}
