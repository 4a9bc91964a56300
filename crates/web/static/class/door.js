// @ts-check
import { DeviceProblem } from "./devices.js";
import { find, say } from "./dom.js";
import { recall, remember } from "./kept.js";
import { LevelMeter } from "./meter.js";
import { Picker } from "./picker.js";

/** @typedef {import("./devices.js").CaptureKind} CaptureKind */

const KINDS = /** @type {CaptureKind[]} */ (["mic", "camera"]);

/** The place before the class: see and hear oneself, choose, go in. Everything works without any device. */
export class Door {
  /** @type {Partial<Record<CaptureKind, DeviceProblem>>} */
  #problems = {};
  #entered = false;
  #listens = false;

  /**
   * @param {object} options
   * @param {HTMLElement} options.root
   * @param {import("./texts.js").Texts} options.texts
   * @param {import("./own.js").Own} options.own
   * @param {() => void} options.onEnter
   */
  constructor({ root, texts, own, onEnter }) {
    this.root = root;
    this.texts = texts;
    this.own = own;
    this.preview = find(root, ".door-preview video", HTMLVideoElement);
    this.previewText = find(root, ".door-preview-text", HTMLElement);
    this.buttons = { mic: find(root, "[data-action=door-mic]", HTMLButtonElement), camera: find(root, "[data-action=door-camera]", HTMLButtonElement) };
    this.problems = { mic: find(root, "[data-problem=mic]", HTMLElement), camera: find(root, "[data-problem=camera]", HTMLElement) };
    this.level = find(root, ".door-level", HTMLElement);
    this.heard = find(root, ".door-heard", HTMLElement);
    this.meter = new LevelMeter(find(this.level, "meter", HTMLMeterElement), () => say(this.heard, texts.get("class-door-heard")));
    this.pickers = KINDS.map((kind) => new Picker({
      row: find(root, `[data-picker=${kind}]`, HTMLElement), kind, own, texts, onProblem: (error) => this.#problem(error),
    }));
    KINDS.forEach((kind) => this.buttons[kind].addEventListener("click", () => void this.#turn(kind, !own.isOn(kind))));
    find(root, "[data-action=enter]", HTMLButtonElement).addEventListener("click", () => this.#enter(onEnter));
    find(root, "[data-action=listen]", HTMLButtonElement).addEventListener("click", () => {
      this.#listens = true;
      own.stop();
      this.#enter(onEnter);
    });
    this.preview.muted = true;
    own.addEventListener("change", () => this.#render());
    own.addEventListener("ended", (event) => this.#ended(event));
  }

  /** Shows the choices and asks for camera and microphone. */
  async begin() {
    find(this.root, ".door-scriptless", HTMLElement).hidden = true;
    find(this.root, ".door-choices", HTMLElement).hidden = false;
    this.#render();
    const wanted = KINDS.filter(wants);
    if (wanted.length === KINDS.length) {
      (await this.own.turnBothOn()).forEach((problem) => this.#problem(problem));
    } else {
      await Promise.all(wanted.map((kind) => this.#turn(kind, true)));
    }
    if (this.#listens) {
      // The browser's question was answered after somebody chose to listen only.
      this.own.stop();
    }
    this.pickers.forEach((picker) => void picker.refresh());
  }

  /** @param {() => void} onEnter */
  #enter(onEnter) {
    this.#entered = true;
    this.meter.watch(null);
    this.preview.srcObject = null;
    onEnter();
  }

  /**
   * @param {CaptureKind} kind
   * @param {boolean} on
   */
  async #turn(kind, on) {
    remember(`wants-${kind}`, on ? "yes" : "no");
    delete this.#problems[kind];
    try {
      await this.own.turn(kind, on);
    } catch (error) {
      this.#problem(error);
    }
    this.#render();
  }

  /** @param {unknown} error */
  #problem(error) {
    if (error instanceof DeviceProblem && error.kind !== "screen") {
      this.#problems[error.kind] = error;
    }
    this.#render();
  }

  /** @param {Event} event */
  #ended(event) {
    const kind = event instanceof CustomEvent ? event.detail : "";
    if (!this.#entered && (kind === "mic" || kind === "camera")) {
      this.#problem(new DeviceProblem(kind, "busy"));
    }
  }

  #render() {
    if (this.#entered) {
      return;
    }
    const { own, texts } = this;
    for (const kind of KINDS) {
      const on = own.isOn(kind);
      const button = this.buttons[kind];
      button.setAttribute("aria-pressed", String(on));
      button.disabled = own.isBusy(kind);
      say(find(button, ".state", HTMLElement), texts.get(own.isBusy(kind) ? "class-state-busy" : `class-state-${kind}-${on ? "on" : "off"}`));
      find(button, "use", SVGUseElement).setAttribute("href", `#icon-${kind}${on ? "" : "-off"}`);
    }
    this.#renderProblems();
    this.#renderPreview();
    this.#renderLevel();
  }

  /** The same reason for both is said once. */
  #renderProblems() {
    const { mic, camera } = this.#problems;
    const both = `class-device-both-${mic?.reason}`;
    const together = mic !== undefined && mic.reason === camera?.reason && this.texts.has(both);
    this.problems.mic.hidden = !mic;
    this.problems.camera.hidden = !camera || together;
    if (mic) {
      say(this.problems.mic, this.texts.get(together ? both : `class-device-mic-${mic.reason}`));
    }
    if (camera) {
      say(this.problems.camera, this.texts.get(`class-device-camera-${camera.reason}`));
    }
  }

  #renderPreview() {
    const track = this.own.track("camera");
    const shown = this.preview.srcObject instanceof MediaStream ? this.preview.srcObject.getTracks()[0] : null;
    if (shown !== track) {
      this.preview.srcObject = track ? new MediaStream([track]) : null;
      this.preview.play().catch(() => {
        // Without a picture there is nothing to play.
      });
    }
    this.preview.hidden = !track;
    this.previewText.hidden = track !== null;
    say(this.previewText, this.texts.get(this.own.isBusy("camera") || this.own.isBusy("mic") ? "class-door-asking" : "class-door-no-picture"));
  }

  /** @type {MediaStreamTrack | null} */
  #measured = null;

  #renderLevel() {
    const track = this.own.track("mic");
    this.level.hidden = !track;
    if (this.#measured !== track) {
      this.#measured = track;
      say(this.heard, this.texts.get("class-door-speak"));
      this.meter.watch(track);
    }
  }
}

/**
 * What was chosen the last time; the first time both.
 * @param {CaptureKind} kind
 */
function wants(kind) {
  return recall(`wants-${kind}`) !== "no";
}
