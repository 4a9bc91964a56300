// @ts-check

const GATHER_MS = 1_500;
const NAMES_MAX = 3;

/** Tells screen readers what eyes see: who comes and goes, hands, lines of the chat. */
export class Announcer {
  /** @type {string[]} */
  #came = [];
  /** @type {string[]} */
  #went = [];
  /** @type {string[]} */
  #others = [];
  #timer = 0;

  /**
   * @param {HTMLElement} region with `aria-live`
   * @param {import("./texts.js").Texts} texts
   */
  constructor(region, texts) {
    this.region = region;
    this.texts = texts;
  }

  /** @param {string} name */
  came(name) {
    this.#came.push(name);
    this.#later();
  }

  /** @param {string} name */
  went(name) {
    this.#went.push(name);
    this.#later();
  }

  /** @param {string} text */
  say(text) {
    this.#others.push(text);
    this.#later();
  }

  #later() {
    if (!this.#timer) {
      this.#timer = setTimeout(() => this.#tell(), GATHER_MS);
    }
  }

  /** Thirty people at the bell are one sentence. */
  #tell() {
    this.#timer = 0;
    const sentences = [...this.#sentence("class-came", this.#came), ...this.#sentence("class-went", this.#went), ...this.#others];
    this.#came = [];
    this.#went = [];
    this.#others = [];
    this.region.replaceChildren(...sentences.map((sentence) => {
      const line = document.createElement("p");
      line.textContent = sentence;
      return line;
    }));
  }

  /**
   * @param {string} key
   * @param {string[]} names
   */
  #sentence(key, names) {
    if (names.length === 0) {
      return [];
    }
    if (names.length > NAMES_MAX) {
      return [this.texts.count(`${key}-count`, names.length)];
    }
    return names.map((name) => this.texts.get(key, { name }));
  }
}
