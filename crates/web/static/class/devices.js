// @ts-check

/** @typedef {"mic" | "camera"} CaptureKind */
/** @typedef {"denied" | "absent" | "busy" | "insecure" | "failed"} Reason Part of the text keys `device-{kind}-{reason}`. */

/** A camera, microphone or screen could not be had. */
export class DeviceProblem extends Error {
  /**
   * @param {import("./types.js").OwnKind} kind
   * @param {Reason} reason
   */
  constructor(kind, reason) {
    super(`${kind}: ${reason}`);
    this.kind = kind;
    this.reason = reason;
  }
}

/** @type {Record<string, Reason>} names of `DOMException` (W3C Media Capture and Streams §10) */
const REASONS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "absent",
  OverconstrainedError: "absent",
  NotReadableError: "busy",
  AbortError: "busy",
};

/**
 * @param {import("./types.js").OwnKind} kind
 * @param {unknown} error
 */
function problem(kind, error) {
  const name = error instanceof DOMException ? error.name : "";
  return new DeviceProblem(kind, REASONS[name] ?? "failed");
}

/** @type {Record<CaptureKind, (id: string | null) => MediaStreamConstraints>} */
const CONSTRAINTS = {
  mic: (id) => ({
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...(id ? { deviceId: { ideal: id } } : {}) },
  }),
  camera: (id) => ({
    video: {
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 25, max: 30 },
      ...(id ? { deviceId: { ideal: id } } : { facingMode: "user" }),
    },
  }),
};

/**
 * @param {CaptureKind} kind
 * @param {string | null} id the device to take, when it is there
 * @returns {Promise<MediaStreamTrack>}
 * @throws {DeviceProblem}
 */
export async function capture(kind, id) {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new DeviceProblem(kind, isSecureContext ? "failed" : "insecure");
  }
  try {
    const stream = await navigator.mediaDevices.getUserMedia(CONSTRAINTS[kind](id));
    const track = stream.getTracks()[0];
    if (!track) {
      throw new DeviceProblem(kind, "absent");
    }
    return track;
  } catch (error) {
    throw error instanceof DeviceProblem ? error : problem(kind, error);
  }
}

/**
 * Both with one question of the browser's.
 * @param {Record<CaptureKind, string | null>} ids
 * @returns {Promise<Record<CaptureKind, MediaStreamTrack | undefined>>}
 * @throws {DeviceProblem} of the microphone; it may be the camera's fault
 */
export async function captureBoth(ids) {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new DeviceProblem("mic", isSecureContext ? "failed" : "insecure");
  }
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ ...CONSTRAINTS.mic(ids.mic), ...CONSTRAINTS.camera(ids.camera) });
    return { mic: stream.getAudioTracks()[0], camera: stream.getVideoTracks()[0] };
  } catch (error) {
    throw problem("mic", error);
  }
}

/** Whether this browser can share a screen (phones cannot). */
export function canShareScreen() {
  return typeof navigator.mediaDevices?.getDisplayMedia === "function";
}

/**
 * @returns {Promise<MediaStreamTrack>}
 * @throws {DeviceProblem} `denied` also when the person closed the choice
 */
export async function captureScreen() {
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false });
    const track = stream.getVideoTracks()[0];
    if (!track) {
      throw new DeviceProblem("screen", "failed");
    }
    track.contentHint = "detail";
    return track;
  } catch (error) {
    throw error instanceof DeviceProblem ? error : problem("screen", error);
  }
}

/**
 * The cameras or microphones of this machine. Names are empty before the first permission.
 * @param {CaptureKind} kind
 * @returns {Promise<{id: string, label: string}[]>}
 */
export async function list(kind) {
  const wanted = kind === "mic" ? "audioinput" : "videoinput";
  const devices = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  return devices.filter((device) => device.kind === wanted).map(({ deviceId, label }) => ({ id: deviceId, label }));
}
