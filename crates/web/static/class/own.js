// @ts-check
import { DeviceProblem, capture, captureBoth, captureScreen } from "./devices.js";

/** @typedef {import("./types.js").OwnKind} OwnKind */

/** @type {OwnKind[]} */
export const OWN_KINDS = ["mic", "camera", "screen"];

/**
 * This device's own microphone, camera and screen. Fires `change` when one goes on or off, and `ended` when one
 * stopped by itself (unplugged, permission withdrawn, sharing ended from the browser's bar).
 */
export class Own extends EventTarget {
  /** @type {Record<OwnKind, MediaStreamTrack | null>} */
  #tracks = { mic: null, camera: null, screen: null };
  /** @type {Record<OwnKind, boolean>} */
  #busy = { mic: false, camera: false, screen: false };
  #muted = true;
  /** @type {Record<"mic" | "camera", string | null>} devices that were chosen */
  chosen = { mic: null, camera: null };

  /** @param {OwnKind} kind */
  isOn(kind) {
    return this.#tracks[kind] !== null && !(kind === "mic" && this.#muted);
  }

  /** @param {OwnKind} kind */
  isBusy(kind) {
    return this.#busy[kind];
  }

  /**
   * What is to be sent.
   * @param {OwnKind} kind
   */
  track(kind) {
    return this.isOn(kind) ? this.#tracks[kind] : null;
  }

  /**
   * @param {OwnKind} kind
   * @param {boolean} on
   * @throws {import("./devices.js").DeviceProblem}
   */
  async turn(kind, on) {
    if (this.#busy[kind] || on === this.isOn(kind)) {
      return;
    }
    if (on && !(kind === "mic" && this.#tracks.mic)) {
      await this.#start(kind);
      return;
    }
    if (!on) {
      this.#off(kind);
    } else if (this.#tracks.mic) {
      this.#muted = false;
      this.#tracks.mic.enabled = true;
    }
    this.#changed();
  }

  /**
   * Microphone and camera, with one question where both are there; a missing one does not take the other with it.
   * @returns {Promise<DeviceProblem[]>} why one or both are off
   */
  async turnBothOn() {
    this.#busy.mic = this.#busy.camera = true;
    this.#changed();
    try {
      const { mic, camera } = await captureBoth(this.chosen);
      if (mic) {
        this.#keep("mic", mic);
      }
      if (camera) {
        this.#keep("camera", camera);
      }
      return [];
    } catch (error) {
      const reason = error instanceof DeviceProblem ? error.reason : "failed";
      if (reason === "denied" || reason === "insecure") {
        return [new DeviceProblem("mic", reason), new DeviceProblem("camera", reason)];
      }
    } finally {
      this.#busy.mic = this.#busy.camera = false;
      this.#changed();
    }
    return this.#eachOn();
  }

  async #eachOn() {
    const problems = [];
    for (const kind of /** @type {const} */ (["mic", "camera"])) {
      try {
        await this.turn(kind, true);
      } catch (error) {
        problems.push(error instanceof DeviceProblem ? error : new DeviceProblem(kind, "failed"));
      }
    }
    return problems;
  }

  /**
   * Takes another camera or microphone, at once when it is on.
   * @param {"mic" | "camera"} kind
   * @param {string | null} id
   * @throws {import("./devices.js").DeviceProblem}
   */
  async choose(kind, id) {
    this.chosen[kind] = id;
    const wasOn = this.isOn(kind);
    this.#drop(kind);
    if (wasOn) {
      await this.#start(kind);
    }
  }

  /** Lets go of everything. */
  stop() {
    OWN_KINDS.forEach((kind) => this.#drop(kind));
    this.#changed();
  }

  /** @param {OwnKind} kind */
  async #start(kind) {
    this.#busy[kind] = true;
    this.#changed();
    try {
      this.#keep(kind, kind === "screen" ? await captureScreen() : await capture(kind, this.chosen[kind]));
    } finally {
      this.#busy[kind] = false;
      this.#changed();
    }
  }

  /**
   * @param {OwnKind} kind
   * @param {MediaStreamTrack} track
   */
  #keep(kind, track) {
    this.#tracks[kind] = track;
    if (kind === "mic") {
      this.#muted = false;
    }
    track.onended = () => this.#ended(kind, track);
  }

  /**
   * A microphone is kept, silent, so that it is back at once; a camera is let go, so that its light goes out.
   * @param {OwnKind} kind
   */
  #off(kind) {
    if (kind === "mic" && this.#tracks.mic) {
      this.#muted = true;
      this.#tracks.mic.enabled = false;
    } else {
      this.#drop(kind);
    }
  }

  /** @param {OwnKind} kind */
  #drop(kind) {
    const track = this.#tracks[kind];
    this.#tracks[kind] = null;
    if (track) {
      track.onended = null;
      track.stop();
    }
  }

  /**
   * @param {OwnKind} kind
   * @param {MediaStreamTrack} track
   */
  #ended(kind, track) {
    if (this.#tracks[kind] === track) {
      const wasOn = this.isOn(kind);
      this.#drop(kind);
      this.#changed();
      if (wasOn) {
        this.dispatchEvent(new CustomEvent("ended", { detail: kind }));
      }
    }
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
