// @ts-check
import { find } from "../class/dom.js";
import { kept, forget, keep } from "./kept.js";

/** After the last letter. */
const QUIET_MS = 2_000;
const RETRY_MS_MAX = 60_000;

/**
 * The draft: saved to the server while one types, and on this device until the server has it.
 */
export class Draft {
  /**
   * @param {HTMLFormElement} form
   * @param {{csrf: string, say: (key: string) => void, texts: import("./texts.js").Texts, files: () => string[]}} with_
   */
  constructor(form, with_) {
    this.form = form;
    this.with = with_;
    this.body = find(form, "#body", HTMLTextAreaElement);
    this.version = find(form, "input[name=version]", HTMLInputElement);
    this.name = `preau-draft:${form.dataset["person"]}:${form.dataset["homework"]}`;
    this.mayKeep = form.dataset["shared"] !== "true";
    this.timer = 0;
    this.retryMs = QUIET_MS;
    this.ended = false;
    /** @type {Promise<boolean>} */
    this.saving = Promise.resolve(true);
  }

  begin() {
    this.restore();
    this.body.addEventListener("input", () => this.touch());
    addEventListener("online", () => this.touch());
    addEventListener("pagehide", () => this.keepHere());
  }

  /** What this device has and the server never got comes back. */
  restore() {
    const local = this.mayKeep ? kept(this.name) : null;
    if (local === null || local === this.body.value) {
      forget(this.name);
      return;
    }
    if (this.body.value === "") {
      this.take(local);
      return;
    }
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet";
    button.textContent = this.with.texts("work-js-restore");
    button.addEventListener("click", () => {
      this.take(local);
      button.remove();
    });
    this.body.after(button);
  }

  /** @param {string} text */
  take(text) {
    this.body.value = text;
    this.with.say("work-js-restored");
    this.touch();
  }

  /** Something has changed: saved soon. */
  touch() {
    if (this.ended) {
      return;
    }
    this.keepHere();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), QUIET_MS);
  }

  keepHere() {
    if (this.mayKeep && !this.ended && this.body.value !== this.body.defaultValue) {
      keep(this.name, this.body.value);
    }
  }

  /** The fields of the form as they are sent. */
  fields() {
    const fields = new URLSearchParams({ version: this.version.value, body: this.body.value });
    for (const file of this.with.files()) {
      fields.append("keep", file);
    }
    return fields;
  }

  /** One saving after the other. Gives whether the server has it. */
  save() {
    clearTimeout(this.timer);
    this.saving = this.saving.then(() => (this.ended ? true : this.saveNow()));
    return this.saving;
  }

  async saveNow() {
    this.with.say("work-js-saving");
    const sent = this.body.value;
    let answer;
    try {
      answer = await fetch(`/homework/${this.form.dataset["homework"]}/draft`, {
        method: "POST",
        headers: { accept: "application/json", "x-csrf": this.with.csrf },
        body: this.fields(),
      });
    } catch {
      return this.later("work-js-kept-here");
    }
    if (answer.status === 401 || answer.status === 403) {
      this.with.say("work-js-signed-out");
      return false;
    }
    if (answer.status === 409) {
      this.with.say("work-js-conflict");
      return false;
    }
    if (!answer.ok) {
      return this.later("work-js-kept-here");
    }
    const saved = await answer.json();
    this.version.value = String(saved.version);
    // What this device keeps for when there is no network follows.
    const detail = { homework: this.form.dataset["homework"], draft: { ...saved, saved_at: Date.now() } };
    document.dispatchEvent(new CustomEvent("preau-draft-saved", { detail }));
    this.retryMs = QUIET_MS;
    this.body.defaultValue = sent;
    if (this.body.value === sent) {
      forget(this.name);
      this.with.say("work-js-saved");
    }
    return true;
  }

  /** @param {string} key */
  later(key) {
    this.with.say(key);
    this.retryMs = Math.min(this.retryMs * 2, RETRY_MS_MAX);
    this.timer = setTimeout(() => void this.save(), this.retryMs);
    return false;
  }

  /** Handed in: nothing is left to keep. */
  end() {
    this.ended = true;
    clearTimeout(this.timer);
    forget(this.name);
  }
}
