// @ts-check
import { make } from "../class/dom.js";
import { LevelMeter } from "../class/meter.js";

/** @typedef {import("./self-test.js").Found} Found */

/** How long somebody may speak into the microphone. */
const LISTEN_MS = 4_000;

/**
 * What a refusal of the browser means (W3C mediacapture-streams, getUserMedia).
 * @param {unknown} error
 * @returns {Found}
 */
function refusal(error) {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") {
    return { state: "denied" };
  }
  return { state: name === "NotFoundError" || name === "OverconstrainedError" ? "missing" : "bad" };
}

/**
 * Shows the camera's picture for a moment.
 * @param {HTMLElement} row
 * @returns {Promise<Found>}
 */
export async function tryCamera(row) {
  row.querySelector("video")?.remove();
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: true });
  } catch (error) {
    return refusal(error);
  }
  const video = make("video", { attributes: { playsinline: "", "aria-hidden": "true" } });
  video.muted = true;
  video.srcObject = stream;
  row.append(video);
  await video.play();
  setTimeout(() => {
    stream.getTracks().forEach((track) => track.stop());
    video.remove();
  }, 2 * LISTEN_MS);
  return { state: video.videoWidth > 0 ? "good" : "bad" };
}

/**
 * Listens for a moment, shows the level, and can play back what was heard. Nothing of it leaves the page.
 * @param {HTMLElement} row
 * @param {import("../class/texts.js").Texts} texts
 * @returns {Promise<Found>}
 */
export async function tryMic(row, texts) {
  row.querySelectorAll("meter, button, audio").forEach((one) => one.remove());
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch (error) {
    return refusal(error);
  }
  const meter = make("meter", { attributes: { min: "0", max: "1", "aria-label": row.querySelector("strong")?.textContent ?? "" } });
  row.append(meter);
  let heard = false;
  const level = new LevelMeter(meter, () => {
    heard = true;
  });
  level.watch(stream.getAudioTracks()[0] ?? null);
  const recording = record(stream);
  await new Promise((done) => setTimeout(done, LISTEN_MS));
  const sound = await recording.stop();
  level.watch(null);
  meter.remove();
  stream.getTracks().forEach((track) => track.stop());
  if (sound) {
    row.append(player(sound, texts));
  }
  return { state: heard ? "good" : "weak" };
}

/** @param {MediaStream} stream */
function record(stream) {
  if (typeof MediaRecorder !== "function") {
    return { stop: async () => null };
  }
  const recorder = new MediaRecorder(stream);
  /** @type {Blob[]} */
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.start();
  const stop = () =>
    new Promise((/** @type {(sound: Blob) => void} */ done) => {
      recorder.onstop = () => done(new Blob(parts, { type: recorder.mimeType }));
      recorder.stop();
    });
  return { stop };
}

/**
 * @param {Blob} sound
 * @param {import("../class/texts.js").Texts} texts
 */
function player(sound, texts) {
  const button = make("button", { name: "button quiet", text: texts.get("self-test-play"), attributes: { type: "button" }, data: { testid: "play" } });
  button.addEventListener("click", () => {
    const address = URL.createObjectURL(sound);
    const audio = new Audio(address);
    button.textContent = texts.get("self-test-playing");
    audio.onended = () => {
      button.textContent = texts.get("self-test-play");
      URL.revokeObjectURL(address);
    };
    void audio.play();
  });
  return button;
}
