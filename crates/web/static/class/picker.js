// @ts-check
import { list } from "./devices.js";
import { make } from "./dom.js";
import { recall, remember } from "./kept.js";

/** @typedef {import("./devices.js").CaptureKind} CaptureKind */

/** A list of cameras or microphones to choose from; hidden when there is nothing to choose. */
export class Picker {
  /**
   * @param {object} options
   * @param {HTMLElement} options.row holds the label and the list
   * @param {CaptureKind} options.kind
   * @param {import("./own.js").Own} options.own
   * @param {import("./texts.js").Texts} options.texts
   * @param {(error: unknown) => void} options.onProblem
   */
  constructor({ row, kind, own, texts, onProblem }) {
    this.row = row;
    this.kind = kind;
    this.own = own;
    this.texts = texts;
    this.select = /** @type {HTMLSelectElement} */ (row.querySelector("select"));
    this.select.addEventListener("change", () => {
      remember(kind, this.select.value);
      own.choose(kind, this.select.value).catch(onProblem);
    });
    own.chosen[kind] = recall(kind);
    navigator.mediaDevices?.addEventListener?.("devicechange", () => void this.refresh());
    own.addEventListener("change", () => void this.refresh());
  }

  /** How many there are. */
  async refresh() {
    const devices = (await list(this.kind)).filter((device) => device.id !== "");
    this.row.hidden = devices.length < 2;
    const current = this.own.track(this.kind)?.getSettings().deviceId ?? this.own.chosen[this.kind];
    const names = devices.map(({ id, label }, at) =>
      make("option", {
        text: label || this.texts.get(`class-device-${this.kind}-number`, { number: at + 1 }),
        attributes: id === current ? { value: id, selected: "" } : { value: id },
      }),
    );
    this.select.replaceChildren(...names);
  }
}
