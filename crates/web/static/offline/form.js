// @ts-check
// Handing in without a network: text and files stay on the device from the first letter on.

import { make } from "../class/dom.js";
import { forget, keep, kept } from "../homework/kept.js";
import { offerRecorder } from "../homework/recorder.js";
import { Chosen } from "./chosen.js";
import { HAND_IN_CHARS_MAX } from "./limits.js";
import { keepPages, keptPages } from "./pages.js";
import { QueueFull, add, all, onChange } from "./queue.js";

/** @typedef {import("../class/texts.js").Texts} Texts */
/** @typedef {import("./types.js").Work} Work */

/** Inputs, by the way in which work is handed in. */
const INPUTS = /** @type {const} */ ([
  ["files", "work-add-files", {}],
  ["photos", "work-add-photos", { accept: "image/*", capture: "environment" }],
  ["audio", "work-add-audio", { accept: "audio/*" }],
]);

/**
 * @param {string} person
 * @param {Work} work
 * @param {Texts} texts
 */
export async function handInForm(person, work, texts) {
  const form = new Form(person, work, texts);
  await form.restore();
  return form.element;
}

class Form {
  /**
   * @param {string} person
   * @param {Work} work
   * @param {Texts} texts
   */
  constructor(person, work, texts) {
    this.person = person;
    this.work = work;
    this.texts = texts;
    this.draft = `preau-draft:${person}:${work.id}`;
    this.chosen = new Chosen(texts, () => void this.keepFiles());
    this.text = make("textarea", { attributes: { id: "body", rows: "10", maxlength: String(HAND_IN_CHARS_MAX) } });
    this.state = make("p", { name: "soft small", attributes: { role: "status" } });
    this.button = make("button", { name: "button", text: texts.get("work-hand-in-button") });
    const again = work.state === "handed-in" || work.state === "late";
    /** @type {HTMLElement[]} */
    const parts = [
      make("h2", { text: texts.get(again ? "work-hand-in-again" : "work-hand-in") }),
      make("p", { name: "soft small", text: texts.get("offline-js-help") }),
    ];
    if (work.ways.includes("text")) {
      parts.push(make("div", { name: "field" }, [make("label", { text: texts.get("work-text"), attributes: { for: "body" } }), this.text]));
    }
    if (INPUTS.some(([way]) => work.ways.includes(way))) {
      const legend = make("legend", { text: texts.get("work-files") });
      parts.push(make("fieldset", { name: "field" }, [legend, this.chosen.element, ...this.inputs()]));
    }
    this.element = make("form", { name: "card stack", attributes: { id: "hand-in" } }, [...parts, this.state, this.button]);
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.handIn();
    });
    this.text.addEventListener("input", () => keep(this.draft, this.text.value));
  }

  /** What this device has and the server does not; else the server's draft, as it was. */
  async restore() {
    this.text.value = kept(this.draft) ?? this.work.draft?.body ?? "";
    const here = await keptPages(this.person, this.work.id);
    const there = (this.work.draft?.files ?? []).map(({ id, name }) => ({ id, name }));
    this.chosen.show(here ?? there);
  }

  inputs() {
    const fields = INPUTS.filter(([way]) => this.work.ways.includes(way)).map(([way, label, attributes]) => {
      const input = make("input", { attributes: { type: "file", id: way, multiple: "", ...attributes } });
      input.addEventListener("change", () => {
        void this.take([...(input.files ?? [])], way === "photos");
        input.value = "";
      });
      return make("div", { name: "field" }, [make("label", { text: this.texts.get(label), attributes: { for: way } }), input]);
    });
    return this.work.ways.includes("audio") ? [...fields, this.recorder()] : fields;
  }

  recorder() {
    const button = make("button", { name: "button quiet", text: this.texts.get("work-js-record"), attributes: { type: "button" } });
    const box = make("div", {}, [button, " ", make("output")]);
    box.hidden = true;
    offerRecorder(box, (key) => this.texts.get(key), (file) => void this.take([file], false));
    return box;
  }

  /**
   * @param {File[]} files
   * @param {boolean} photographs
   */
  async take(files, photographs) {
    if (!(await this.chosen.take(files, photographs))) {
      this.say("work-js-too-large");
    }
  }

  /** A phone may close the page while its camera is open. */
  async keepFiles() {
    try {
      await keepPages(this.person, this.work.id, this.chosen.parts);
    } catch {
      this.say("offline-js-full");
    }
  }

  /** @param {string} key */
  say(key) {
    this.state.textContent = this.texts.get(key);
  }

  async handIn() {
    const body = this.text.value;
    if (body.trim() === "" && this.chosen.parts.length === 0) {
      this.say("work-nothing-to-hand-in");
      return;
    }
    this.button.disabled = true;
    let item;
    try {
      item = await add({ person: this.person, homework: this.work.id, title: this.work.title, body, parts: this.chosen.parts });
    } catch (error) {
      this.button.disabled = false;
      this.say(error instanceof QueueFull ? "offline-js-queue-full" : "offline-js-full");
      return;
    }
    // It is on the disk: from here on the queue has it.
    forget(this.draft);
    const says = make("p", { name: "notice good", text: this.texts.get("offline-js-queued"), attributes: { role: "status", tabindex: "-1" } });
    this.element.replaceWith(says);
    says.focus();
    onChange(async () => {
      const now = (await all(this.person)).find((one) => one.id === item.id);
      // From then on the list below says what has become of it.
      says.hidden = now?.state !== "waiting";
    });
  }
}
