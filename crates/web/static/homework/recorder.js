// @ts-check
import { find } from "../class/dom.js";

/** A recitation, not a radio play. */
const RECORD_MS_MAX = 10 * 60_000;
const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

/**
 * Shows the recorder where the browser has one.
 * @param {HTMLElement} box
 * @param {import("./texts.js").Texts} texts
 * @param {(file: File) => void} done
 */
export function offerRecorder(box, texts, done) {
  const kind = typeof MediaRecorder === "undefined" ? undefined : KINDS.find((it) => MediaRecorder.isTypeSupported(it));
  if (kind === undefined || !navigator.mediaDevices) {
    return;
  }
  box.hidden = false;
  const button = find(box, "button", HTMLButtonElement);
  const output = find(box, "output", HTMLOutputElement);
  /** @type {MediaRecorder | null} */
  let running = null;
  button.addEventListener("click", async () => {
    if (running) {
      running.stop();
      return;
    }
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      output.textContent = texts("work-js-no-microphone");
      return;
    }
    output.textContent = "";
    running = record(stream, kind, (file) => {
      running = null;
      button.textContent = texts("work-js-record");
      done(file);
    });
    button.textContent = texts("work-js-stop");
  });
}

/**
 * @param {MediaStream} stream
 * @param {string} kind
 * @param {(file: File) => void} done
 */
function record(stream, kind, done) {
  const recorder = new MediaRecorder(stream, { mimeType: kind, audioBitsPerSecond: 32_000 });
  /** @type {Blob[]} */
  const pieces = [];
  const end = setTimeout(() => recorder.stop(), RECORD_MS_MAX);
  recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
  recorder.addEventListener("stop", () => {
    clearTimeout(end);
    stream.getTracks().forEach((track) => track.stop());
    const type = kind.split(";")[0] ?? kind;
    const ending = type === "audio/mp4" ? "m4a" : type.slice("audio/".length);
    done(new File(pieces, `voix.${ending}`, { type }));
  });
  recorder.start(1_000);
  return recorder;
}
