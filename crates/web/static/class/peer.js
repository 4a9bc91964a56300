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
/**
 * How the microphone is sent: as usual; small, because a line of somebody in the class carries no more; or lean, because our own does.
 * @typedef {"usual" | "small" | "lean"} Voice
 */

/** With the headers of every packet, which are more than the voice, 18 kbit/s; silence next to none. */
const SMALL_BITS_MAX = 8_000;
const SMALL_PACKET_MS = 60;
/** What goes with each packet so that rates can be estimated: each report of what came is as large as the headers of a packet. */
const MEASURED = /^a=(?:extmap:\S+ \S*(?:transport-wide-cc|abs-send-time)|rtcp-fb:\S+ transport-cc)\S*\r?\n/gm;

/**
 * The m-lines in the order of the protocol.
 * @param {import("./types.js").SlotCount} slots
 * @param {RTCIceServer[]} iceServers
 */
export function build({ voices, pictures }, iceServers) {
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers });
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
 * The answer with what the server would like of the microphone, the first section (RFC 7587 §6.1, RFC 8866 §6.4). A lean one has nothing measured, neither
 * on the way up nor down, and no slots for pictures: for each of them a browser reports every second that nothing came.
 * @param {string} sdp
 * @param {Voice} voice
 */
export function answerFor(sdp, voice) {
  const [head = "", mic = "", camera = "", screen = "", ...slots] = sdp.split(/^(?=m=)/m);
  if (voice === "usual" || mic === "") {
    return sdp;
  }
  if (voice === "small") {
    return [head, small(mic), camera, screen, ...slots].join("");
  }
  return [head, small(mic), camera, screen, ...slots.map(empty)].join("").replace(MEASURED, "");
}

/** @param {string} mic */
function small(mic) {
  const opus = /^a=rtpmap:(\d+) opus\//im.exec(mic)?.[1];
  if (!opus) {
    return mic;
  }
  const wishes = `maxaveragebitrate=${SMALL_BITS_MAX};usedtx=1`;
  const format = new RegExp(`^(a=fmtp:${opus} [^\\r\\n]*)`, "m");
  const asked = format.test(mic) ? mic.replace(format, `$1;${wishes}`) : `${mic}a=fmtp:${opus} ${wishes}\r\n`;
  return `${asked}a=ptime:${SMALL_PACKET_MS}\r\n`;
}

/**
 * A slot for a picture without its stream; one for a voice as it is.
 * @param {string} slot
 */
function empty(slot) {
  return slot.startsWith("m=video") ? slot.replace(/^a=sendonly(?=\r?$)/m, "a=inactive").replace(/^a=(?:ssrc|ssrc-group|msid):.*\r?\n/gm, "") : slot;
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
