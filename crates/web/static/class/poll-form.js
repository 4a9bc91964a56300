// @ts-check
import { find, make } from "./dom.js";

const OPTIONS_MIN = 2;
const OPTIONS_AT_FIRST = 3;
const OPTIONS_MAX = 12;
const OPTION_CHARS_MAX = 200;

/** A question: one of the quick ones with one press, or one's own. */
export class PollForm {
  /**
   * @param {HTMLElement} root
   * @param {import("./types.js").Context} context
   */
  constructor(root, { texts, session }) {
    this.texts = texts;
    this.session = session;
    for (const quick of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-quick]"))) {
      const options = (quick.dataset["quick"] ?? "").split("/").map((option) => option.trim());
      quick.addEventListener("click", () => void session.command({ type: "poll_open", question: "", options, many: false, anonymous: false }));
    }
    this.own = find(root, "details", HTMLDetailsElement);
    this.form = find(root, "form", HTMLFormElement);
    this.question = find(this.form, "#poll-question", HTMLInputElement);
    this.options = find(this.form, ".poll-options", HTMLElement);
    this.problem = find(this.form, "[role=alert]", HTMLElement);
    this.more = find(this.form, "[data-action=poll-more]", HTMLButtonElement);
    this.more.addEventListener("click", () => this.#add()?.focus());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#ask();
    });
    this.#reset();
  }

  #reset() {
    this.form.reset();
    this.options.querySelectorAll("input").forEach((option) => option.remove());
    for (let at = 0; at < OPTIONS_AT_FIRST; at++) {
      this.#add();
    }
  }

  #add() {
    const number = this.options.querySelectorAll("input").length + 1;
    if (number > OPTIONS_MAX) {
      return null;
    }
    const option = make("input", {
      data: { testid: "poll-option" },
      attributes: { maxlength: String(OPTION_CHARS_MAX), autocomplete: "off", "aria-label": this.texts.get("class-poll-option", { number }) },
    });
    this.options.append(option);
    this.more.hidden = number === OPTIONS_MAX;
    return option;
  }

  async #ask() {
    const written = [...this.options.querySelectorAll("input")].map((option) => option.value.trim()).filter((option) => option !== "");
    const options = [...new Set(written)];
    this.problem.hidden = options.length >= OPTIONS_MIN && options.length === written.length;
    if (!this.problem.hidden) {
      this.problem.textContent = this.texts.get(options.length < OPTIONS_MIN ? "class-poll-too-few" : "class-poll-twice");
      return;
    }
    const choice = (/** @type {string} */ name) => find(this.form, `[name=${name}]`, HTMLInputElement).checked;
    const asked = { type: "poll_open", question: this.question.value.trim(), options, many: choice("many"), anonymous: choice("anonymous") };
    if (await this.session.command(asked)) {
      this.#reset();
      this.own.open = false;
    }
  }
}
