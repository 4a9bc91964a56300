// @ts-check
import { find, make, say } from "./dom.js";

/** Words that did not come are asked for again with the next change of the board, not sooner than this. */
const AGAIN_MS = 4_000;

/** What stands on the page, for those who do not see it: what the document says by itself, and what was written on top. */
export class BoardAlt {
  #texts = "";
  #page = "";

  /**
   * @param {HTMLElement} root the board
   * @param {string} base where documents are served
   */
  constructor(root, base) {
    this.base = base;
    this.head = find(root, ".board-alt-page", HTMLElement);
    this.words = find(root, ".board-alt-words", HTMLElement);
    this.list = find(root, ".board-alt-texts", HTMLElement);
  }

  /**
   * @param {string} head
   * @param {import("./types.js").BoardObject[]} objects
   */
  render(head, objects) {
    say(this.head, head);
    const written = objects.flatMap(({ shape }) => (shape.is === "text" ? [shape.text] : []));
    const texts = JSON.stringify(written);
    if (this.#texts !== texts) {
      this.#texts = texts;
      this.list.replaceChildren(...written.map((text) => make("li", { text })));
    }
  }

  /**
   * Fetches what is written on a page of a document, once; when the picture is there, which goes first on a weak line.
   * @param {string | undefined} file
   * @param {number} page
   */
  async read(file, page) {
    const path = file ? `${this.base}/${file}/${page}?words` : "";
    if (path === this.#page) {
      return;
    }
    this.#page = path;
    this.words.replaceChildren();
    if (path === "") {
      return;
    }
    try {
      const answer = await fetch(path);
      const words = answer.ok ? await answer.text() : "";
      if (path === this.#page) {
        this.words.replaceChildren(...words.split("\n").filter((line) => line.trim() !== "").map((line) => make("p", { text: line })));
      }
    } catch {
      setTimeout(() => {
        this.#page = this.#page === path ? "" : this.#page;
      }, AGAIN_MS);
    }
  }
}
