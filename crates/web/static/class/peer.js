// @ts-check
// The browser's side of a peer connection: its sections, and what is agreed upon in them.

/** @type {RTCRtpEncodingParameters[]} */
export const CAMERA_LAYERS = [
  { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 100_000 },
  { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 300_000 },
  { rid: "f", scaleResolutionDownBy: 1, maxBitrate: 900_000 },
];
const SCREEN_BITS_MAX = 1_500_000;
/** Sound is sent before anything else. */
const MIC_FIRST = [/** @type {RTCRtpEncodingParameters} */ ({ priority: "high", networkPriority: "high" })];
/** A voice for a line that carries nothing else: with headers 14 kbit/s, silence next to none. */
const SPARING_BITS_MAX = 8_000;
const SPARING_PACKET_MS = 60;

/**
 * The m-lines in the order of the protocol.
 * @param {import("./types.js").SlotCount} slots
 */
export function build({ voices, pictures }) {
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers: [] });
  const mic = pc.addTransceiver("audio", { direction: "sendonly", sendEncodings: MIC_FIRST });
  const camera = pc.addTransceiver("video", { direction: "sendonly", sendEncodings: CAMERA_LAYERS });
  const screen = pc.addTransceiver("video", { direction: "sendonly", sendEncodings: [{ maxBitrate: SCREEN_BITS_MAX }] });
  for (let i = 0; i < voices; i++) {
    pc.addTransceiver("audio", { direction: "recvonly" });
  }
  for (let i = 0; i < pictures; i++) {
    pc.addTransceiver("video", { direction: "recvonly" });
  }
  pc.getTransceivers().forEach(preferCodecs);
  return { pc, senders: { mic: mic.sender, camera: camera.sender, screen: screen.sender } };
}

/**
 * The answer with what the server would like of the microphone, the first section (RFC 7587 §6.1, RFC 8866 §6.4).
 * @param {string} sdp
 */
export function sparing(sdp) {
  const [head = "", mic = "", ...rest] = sdp.split(/^(?=m=)/m);
  const opus = /^a=rtpmap:(\d+) opus\//im.exec(mic)?.[1];
  if (!opus) {
    return sdp;
  }
  const wishes = `maxaveragebitrate=${SPARING_BITS_MAX};usedtx=1`;
  const format = new RegExp(`^(a=fmtp:${opus} [^\\r\\n]*)`, "m");
  const small = format.test(mic) ? mic.replace(format, `$1;${wishes}`) : `${mic}a=fmtp:${opus} ${wishes}\r\n`;
  return [head, `${small}a=ptime:${SPARING_PACKET_MS}\r\n`, ...rest].join("");
}

/** @param {RTCRtpTransceiver} transceiver */
function preferCodecs(transceiver) {
  const kind = transceiver.receiver.track.kind;
  const wanted = kind === "audio" ? ["audio/opus"] : ["video/vp8", "video/rtx"];
  const codecs = RTCRtpReceiver.getCapabilities?.(kind)?.codecs ?? [];
  const chosen = codecs.filter((codec) => wanted.includes(codec.mimeType.toLowerCase()));
  try {
    transceiver.setCodecPreferences?.(chosen);
  } catch (error) {
    // The server then answers with what it can out of the browser's own order.
    console.warn("class: codec preferences", error);
  }
}
