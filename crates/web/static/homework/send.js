// @ts-check
import { find } from "../class/dom.js";
import { add, all, onChange } from "../offline/queue.js";
import { online } from "./tus.js";

const RETRY_MS_MIN = 2_000;
const RETRY_MS_MAX = 60_000;
/** A line that answers nothing is no line. */
const ANSWER_MS_MAX = 20_000;
/** A line that fails so often is gone for a while. */
const FAILURES_MAX = 2;

/**
 * Handing in: asked again with the same key until the server has acknowledged it or refused it. Where the network fails, it
 * goes to the queue of this device, which outlives the page; on a shared device the page waits.
 */
export class HandIn {
  /**
   * @param {HTMLFormElement} form
   * @param {{csrf: string, say: (key: string) => void, draft: import("./draft.js").Draft,
   *   pages: import("./pages.js").Pages | null}} with_
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
    if (!(await this.sentOrQueued())) {
      this.with.say("work-js-failed");
    }
    this.form.removeAttribute("aria-busy");
    this.busy = false;
  }

  /** Whether the server, or this device, has it or has said why not. */
  async sentOrQueued() {
    const pages = this.with.pages;
    const settled = pages?.settled() ?? Promise.resolve(true);
    const held = this.mayQueue() && pages ? pages.held().then(() => null) : new Promise(() => {});
    const ready = navigator.onLine || !this.mayQueue() ? await Promise.race([settled, held]) : null;
    if (ready === false) {
      return false;
    }
    if (ready === true) {
      await Promise.race([this.with.draft.save(), online(ANSWER_MS_MAX)]);
      await this.ask();
      return true;
    }
    return this.queue();
  }

  mayQueue() {
    return this.with.draft.mayKeep && window.isSecureContext && document.body.dataset["person"] !== undefined;
  }

  /** Keeps it on this device; every page of this person sends it from there. */
  async queue() {
    const parts = this.with.pages ? await this.with.pages.handOver() : [];
    const { person = "", homework = "" } = this.form.dataset;
    const title = document.querySelector("h1")?.textContent ?? "";
    try {
      if (parts === null) {
        throw new Error("a file cannot be sent");
      }
      await add({ id: this.key.value, person, homework, title, body: this.with.draft.body.value, parts });
    } catch {
      this.with.pages?.takeBack();
      return false;
    }
    this.with.draft.end();
    this.with.say("offline-js-queued");
    this.form.querySelectorAll("button, textarea, input").forEach((field) => field.toggleAttribute("disabled", true));
    onChange(() => void this.follow(person));
    return true;
  }

  /** What becomes of it while this page is open. @param {string} person */
  async follow(person) {
    const item = (await all(person)).find((item) => item.id === this.key.value);
    if (item?.receipt) {
      location.assign(item.receipt.path);
    } else if (item?.state === "refused") {
      find(this.form, "#draft-state", HTMLElement).textContent = item.why.join(" ");
    }
  }

  async ask() {
    const fields = this.with.draft.fields();
    fields.set("key", this.key.value);
    let retryMs = RETRY_MS_MIN;
    for (let failures = 1; ; failures += 1) {
      try {
        this.with.say("work-js-handing-in");
        const answer = await fetch(this.form.action, {
          method: "POST",
          signal: AbortSignal.timeout?.(ANSWER_MS_MAX) ?? null,
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
      const gone = failures >= FAILURES_MAX || !navigator.onLine;
      if (gone && this.mayQueue() && (await this.queue())) {
        return;
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
