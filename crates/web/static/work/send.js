// @ts-check
import { find } from "../class/dom.js";
import { online } from "./tus.js";

const RETRY_MS_MIN = 2_000;
const RETRY_MS_MAX = 60_000;

/** Handing in: asked again with the same key until the server has acknowledged it or refused it. */
export class HandIn {
  /**
   * @param {HTMLFormElement} form
   * @param {{csrf: string, say: (key: string) => void, draft: import("./draft.js").Draft, settled: () => Promise<boolean>}} with_
   */
  constructor(form, with_) {
    this.form = form;
    this.with = with_;
    this.key = find(form, "input[name=key]", HTMLInputElement);
    this.busy = false;
  }

  async send() {
    if (this.busy) {
      return;
    }
    this.busy = true;
    this.form.setAttribute("aria-busy", "true");
    this.with.say("work-js-handing-in");
    if (await this.with.settled()) {
      await this.with.draft.save();
      await this.ask();
    } else {
      this.with.say("work-js-failed");
    }
    this.form.removeAttribute("aria-busy");
    this.busy = false;
  }

  async ask() {
    const fields = this.with.draft.fields();
    fields.set("key", this.key.value);
    let retryMs = RETRY_MS_MIN;
    for (;;) {
      try {
        this.with.say("work-js-handing-in");
        const answer = await fetch(this.form.action, {
          method: "POST",
          headers: { accept: "application/json", "x-csrf": this.with.csrf },
          body: fields,
        });
        if (answer.status < 500 && answer.status !== 429) {
          await this.end(answer);
          return;
        }
      } catch {
        // The network; the same key asks again.
      }
      this.with.say("work-js-waiting");
      await online(retryMs);
      retryMs = Math.min(retryMs * 2, RETRY_MS_MAX);
    }
  }

  /** @param {Response} answer */
  async end(answer) {
    if (answer.ok) {
      const receipt = await answer.json();
      this.with.draft.end();
      location.assign(receipt.path);
      return;
    }
    if (answer.status === 401 || answer.status === 403) {
      this.with.say("work-js-signed-out");
      return;
    }
    const told = await answer.json().catch(() => ({}));
    if (told.conflict) {
      this.with.say("work-js-conflict");
      return;
    }
    const faults = Array.isArray(told.faults) && told.faults.length > 0 ? told.faults : [told.message ?? ""];
    find(this.form, "#draft-state", HTMLElement).textContent = faults.join(" ");
  }
}
