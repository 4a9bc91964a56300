// @ts-check
// The files chosen for a hand-in without a network, in their order; photographs can be turned.

import { make } from "../class/dom.js";
import { shrink } from "../homework/photo.js";
import { HAND_IN_FILES_MAX, HAND_IN_FILE_BYTES_MAX } from "./limits.js";

/** @typedef {import("../class/texts.js").Texts} Texts */
/** @typedef {import("./types.js").Part} Part */

export class Chosen {
  /**
   * @param {Texts} texts
   * @param {() => void} changed
   */
  constructor(texts, changed) {
    this.texts = texts;
    this.changed = changed;
    /** @type {Part[]} */
    this.parts = [];
    /** What a photograph was before it was turned, and by how many quarters it is. @type {WeakMap<Part, {source: Blob, quarters: number}>} */
    this.turned = new WeakMap();
    this.element = make("ol", { name: "plain work-pages", attributes: { "aria-label": texts.get("offline-js-chosen") } });
  }

  /** @param {Part[]} parts */
  show(parts) {
    this.parts = parts;
    this.element.replaceChildren(...parts.map((part) => this.line(part)));
  }

  /**
   * Gives whether all were small enough.
   * @param {File[]} files
   * @param {boolean} photographs
   */
  async take(files, photographs) {
    let small = true;
    for (const file of files.slice(0, HAND_IN_FILES_MAX - this.parts.length)) {
      const blob = photographs && file.type.startsWith("image/") ? await shrink(file, 0) : file;
      if (blob.size > HAND_IN_FILE_BYTES_MAX) {
        small = false;
        continue;
      }
      const name = blob === file ? file.name : `${file.name.replace(/\.[^.]*$/, "")}.jpg`;
      // A blob of its own: a file of the camera may be gone when it is read.
      this.parts = [...this.parts, { name, blob: new Blob([await blob.arrayBuffer()], { type: blob.type }) }];
    }
    this.change(this.parts);
    return small;
  }

  /** @param {Part[]} parts */
  change(parts) {
    this.show(parts);
    this.changed();
  }

  /** @param {Part} part @param {-1 | 1} by */
  move(part, by) {
    const at = this.parts.indexOf(part);
    const other = this.parts[at + by];
    if (other) {
      const parts = [...this.parts];
      parts[at] = other;
      parts[at + by] = part;
      this.change(parts);
    }
  }

  /** @param {Part} part */
  async turn(part) {
    const before = this.turned.get(part) ?? { source: part.blob ?? new Blob(), quarters: 0 };
    const quarters = (before.quarters + 1) % 4;
    this.turned.set(part, { ...before, quarters });
    part.blob = await shrink(before.source, quarters);
    this.change(this.parts);
  }

  /** @param {Part} part */
  line(part) {
    const isPicture = part.blob?.type.startsWith("image/") ?? false;
    /** @type {[string, string, () => void][]} */
    const acts = [
      ["↑", "work-js-up", () => this.move(part, -1)],
      ["↓", "work-js-down", () => this.move(part, 1)],
      ["✕", "work-js-remove", () => this.change(this.parts.filter((one) => one !== part))],
    ];
    if (isPicture) {
      acts.unshift(["⟳", "work-js-turn", () => void this.turn(part)]);
    }
    const buttons = acts.map(([sign, key, act]) => {
      const label = `${this.texts.get(key)} : ${part.name}`;
      const button = make("button", { text: sign, attributes: { type: "button", "aria-label": label, title: this.texts.get(key) } });
      button.addEventListener("click", act);
      return button;
    });
    const words = [make("span", { text: part.name }), make("span", { name: "page-acts" }, buttons)];
    return make("li", {}, isPicture && part.blob ? [pictureOf(part.blob), ...words] : words);
  }
}

/** @param {Blob} blob */
function pictureOf(blob) {
  const picture = make("img", { attributes: { alt: "" } });
  picture.src = URL.createObjectURL(blob);
  picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
  return picture;
}
