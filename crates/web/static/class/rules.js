// @ts-check
import { find } from "./dom.js";

/** @typedef {import("./types.js").Rules} Rules */

/** The rules of the class, as switches that hold at once: nothing to save, and no switch shows what the server has not taken. */
export class RulesPanel {
  /** @param {import("./types.js").Context} context */
  constructor({ root, room, session, panel, shortcuts, announcer, texts }) {
    const part = find(root, "#class-floor", HTMLElement);
    this.room = room;
    this.session = session;
    this.announcer = announcer;
    this.texts = texts;
    /** @type {(HTMLInputElement | HTMLSelectElement)[]} */
    this.fields = [...part.querySelectorAll("[data-rule]")].filter((one) => one instanceof HTMLInputElement || one instanceof HTMLSelectElement);
    for (const field of this.fields) {
      field.addEventListener("change", () => void this.#change(field));
    }
    shortcuts.add("r", "class-rules", () => room.phase === "in" && panel.toggle("floor"), { leads: true });
    session.addEventListener("message", (event) => event instanceof CustomEvent && event.detail.type === "rules" && this.#tell());
    room.subscribe(() => this.render());
  }

  render() {
    for (const field of this.fields) {
      const value = this.room.rules[/** @type {keyof Rules} */ (field.dataset["rule"])];
      if (field instanceof HTMLInputElement) {
        field.checked = value === true;
      } else {
        this.#choose(field, String(value));
      }
    }
  }

  /**
   * A value that was set elsewhere and is not in the list is put in.
   * @param {HTMLSelectElement} list
   * @param {string} value
   */
  #choose(list, value) {
    if (![...list.options].some((option) => option.value === value)) {
      const after = [...list.options].find((option) => Number(option.value) > Number(value)) ?? null;
      const unit = list.options[list.options.length - 1]?.text.replace(/^\d+/, "") ?? "";
      list.add(new Option(`${value}${unit}`, value), after);
    }
    list.value = value;
  }

  /** @param {HTMLInputElement | HTMLSelectElement} field */
  async #change(field) {
    const rule = field.dataset["rule"] ?? "";
    const value = field instanceof HTMLInputElement ? field.checked : rule === "cameras_seen" ? field.value : Number(field.value);
    await this.session.command({ type: "rules", rules: { [rule]: value } });
    this.render();
  }

  /** Those for whom the rules are hear that they have changed; what it means stands on the buttons. */
  #tell() {
    if (this.room.isRuled) {
      this.announcer.say(this.texts.get("class-rules-changed"));
    }
  }
}
