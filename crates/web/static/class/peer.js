// @ts-check
// The browser's side of a peer connection: its sections.

/**
 * What is sent of a camera, and of a screen. In lean mode both layers of the camera are 300 kbit/s together, and so is the screen.
 * @type {Record<"full" | "lean", {camera: RTCRtpEncodingParameters[], screen: RTCRtpEncodingParameters}>}
 */
export const ENCODINGS = {
  full: {
    camera: [
      { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 100_000 },
      { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 300_000 },
      { rid: "f", scaleResolutionDownBy: 1, maxBitrate: 900_000 },
    ],
    screen: { maxBitrate: 1_500_000 },
  },
  lean: {
    camera: [
      { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 70_000, maxFramerate: 15 },
      { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 230_000, maxFramerate: 15 },
    ],
    screen: { maxBitrate: 300_000, maxFramerate: 5 },
  },
};
/** Sound is sent before anything else. */
const MIC_FIRST = [/** @type {RTCRtpEncodingParameters} */ ({ priority: "high", networkPriority: "high" })];
/**
 * The m-lines in the order of the protocol.
 * @param {import("./types.js").SlotCount} slots
 * @param {"full" | "lean"} mode
 * @param {RTCIceServer[]} iceServers
 */
export function build({ voices, pictures }, mode, iceServers) {
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers });
  const mic = pc.addTransceiver("audio", { direction: "sendonly", sendEncodings: MIC_FIRST });
  const camera = pc.addTransceiver("video", { direction: "sendonly", sendEncodings: ENCODINGS[mode].camera });
  const screen = pc.addTransceiver("video", { direction: "sendonly", sendEncodings: [ENCODINGS[mode].screen] });
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
 * A page sends VP8; programs that stream into the class often have H.264 alone, so slots take that as well, in the profile that every decoder has.
 * @param {RTCRtpTransceiver} transceiver
 */
function preferCodecs(transceiver) {
  const kind = transceiver.receiver.track.kind;
  const pictures = transceiver.direction === "recvonly" ? ["video/vp8", "video/h264", "video/rtx"] : ["video/vp8", "video/rtx"];
  const wanted = kind === "audio" ? ["audio/opus", "audio/red"] : pictures;
  const codecs = RTCRtpReceiver.getCapabilities?.(kind)?.codecs ?? [];
  const chosen = wanted.flatMap((type) => codecs.filter((codec) => codec.mimeType.toLowerCase() === type && isKnown(codec)));
  try {
    transceiver.setCodecPreferences?.(chosen);
  } catch (error) {
    // The server then answers with what it can out of the browser's own order.
    console.warn("class: codec preferences", error);
  }
}

/** @param {RTCRtpCodec} codec */
function isKnown({ mimeType, sdpFmtpLine = "" }) {
  return mimeType.toLowerCase() !== "video/h264" || (/packetization-mode=1/.test(sdpFmtpLine) && /profile-level-id=42e01f/i.test(sdpFmtpLine));
}
