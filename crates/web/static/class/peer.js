// @ts-check
// The browser's side of a peer connection: its sections, and what it sends in them.

/** @typedef {import("./types.js").PictureCodec} PictureCodec */
/** @typedef {{uri: string, direction: string}} HeaderExtension of webrtc-extensions, RTP header extension control */
/** @typedef {RTCRtpEncodingParameters & {scalabilityMode?: string | undefined, codec?: RTCRtpCodec}} Encoding with what W3C webrtc-svc and the newer webrtc-extensions add */

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
/**
 * The same of a codec whose layers come in one stream: the camera's, and of that the smallest layer alone; a screen's, whose pictures can be thinned out.
 * @type {Record<"full" | "lean", {camera: Encoding, small: Encoding}>}
 */
const SCALED = {
  full: {
    camera: { scaleResolutionDownBy: 1, maxBitrate: 1_000_000, scalabilityMode: "L3T3_KEY" },
    small: { scaleResolutionDownBy: 4, maxBitrate: 100_000, scalabilityMode: "L1T3" },
  },
  lean: {
    camera: { scaleResolutionDownBy: 2, maxBitrate: 300_000, maxFramerate: 15, scalabilityMode: "L2T3_KEY" },
    small: { scaleResolutionDownBy: 4, maxBitrate: 70_000, maxFramerate: 15, scalabilityMode: "L1T3" },
  },
};
const SCALED_SCREEN = "L1T3";
/** AV1 RTP payload specification, section A.5. */
const DEPENDENCY_DESCRIPTOR = "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";
/** Sound is sent before anything else. */
const MIC_FIRST = [/** @type {RTCRtpEncodingParameters} */ ({ priority: "high", networkPriority: "high" })];
/**
 * The m-lines in the order of the protocol.
 * @param {import("./types.js").SlotCount} slots
 * @param {"full" | "lean"} mode
 * @param {PictureCodec} codec that may be told later, besides VP8
 * @param {RTCIceServer[]} iceServers
 */
export function build({ voices, pictures }, mode, codec, iceServers) {
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
  pc.getTransceivers().forEach((transceiver) => preferCodecs(transceiver, codec));
  if (codec === "av1") {
    pc.getTransceivers().forEach(describeFrames);
  }
  return { pc, senders: { mic: mic.sender, camera: camera.sender, screen: screen.sender } };
}

/**
 * What the encoders of a camera and a screen are to do.
 * @param {"full" | "lean"} mode
 * @param {PictureCodec | null} codec nothing was told of it yet
 * @param {boolean} small the smallest layer of the camera is enough
 * @returns {{camera: Encoding[], screen: Encoding[]}}
 */
export function encodings(mode, codec, small) {
  const { camera, screen } = ENCODINGS[mode];
  if (codec === null) {
    return { camera: camera.map((_, index) => ({ active: index === 0 || !small })), screen: [] };
  }
  if (codec === "vp8") {
    const layers = camera.map((layer, index) => ({ ...layer, active: index === 0 || !small, scalabilityMode: undefined }));
    return { camera: layers, screen: [{ ...screen, scalabilityMode: undefined }] };
  }
  const one = SCALED[mode][small ? "small" : "camera"];
  const layers = camera.map((_, index) => (index === 0 ? { ...one, active: true } : { active: false, scalabilityMode: undefined }));
  return { camera: layers, screen: [{ ...screen, scalabilityMode: SCALED_SCREEN }] };
}

/**
 * @param {RTCRtpSender} sender
 * @param {Encoding[]} wanted
 * @param {PictureCodec | null} codec
 * @returns {Promise<boolean>} whether the browser can do it
 */
export async function encode(sender, wanted, codec) {
  const parameters = sender.getParameters();
  /** @type {Encoding[]} */
  const encodings = parameters.encodings;
  if (wanted.length === 0 || encodings.length < wanted.length) {
    return true;
  }
  const type = `video/${codec}`;
  const chosen = parameters.codecs.find(({ mimeType }) => mimeType.toLowerCase() === type);
  if (codec !== null && codec !== "vp8" && !chosen) {
    return false;
  }
  encodings.forEach((encoding, index) => {
    Object.assign(encoding, wanted[index]);
    if (chosen) {
      const { mimeType, clockRate, sdpFmtpLine } = chosen;
      encoding.codec = sdpFmtpLine === undefined ? { mimeType, clockRate } : { mimeType, clockRate, sdpFmtpLine };
    }
  });
  await sender.setParameters(parameters);
  // A browser that does not know the word for it has left it away.
  const [now] = /** @type {Encoding[]} */ (sender.getParameters().encodings);
  return codec === null || codec === "vp8" || now?.codec?.mimeType.toLowerCase() === type;
}

/**
 * A page sends VP8; programs that stream into the class often have H.264 alone, so slots take that as well, in the profile that every decoder has.
 * @param {RTCRtpTransceiver} transceiver
 * @param {PictureCodec} codec
 */
function preferCodecs(transceiver, codec) {
  const kind = transceiver.receiver.track.kind;
  const ours = codec === "vp8" ? ["video/vp8"] : ["video/vp8", `video/${codec}`];
  const pictures = transceiver.direction === "recvonly" ? [...ours, "video/h264", "video/rtx"] : [...ours, "video/rtx"];
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

/**
 * The header extension that says to which layers a frame of AV1 belongs: browsers know it and offer it only where they are told to. One that cannot be
 * told is sent VP8.
 * @param {RTCRtpTransceiver & {getHeaderExtensionsToNegotiate?: () => HeaderExtension[], setHeaderExtensionsToNegotiate?: (extensions: HeaderExtension[]) => void}} transceiver
 */
function describeFrames(transceiver) {
  const extensions = transceiver.getHeaderExtensionsToNegotiate?.() ?? [];
  const descriptor = extensions.find(({ uri }) => uri === DEPENDENCY_DESCRIPTOR);
  if (!descriptor) {
    return;
  }
  descriptor.direction = "sendrecv";
  try {
    transceiver.setHeaderExtensionsToNegotiate?.(extensions);
  } catch (error) {
    console.warn("class: header extensions", error);
  }
}

/** In the profile that every decoder has. @param {RTCRtpCodec} codec */
function isKnown({ mimeType, sdpFmtpLine = "" }) {
  switch (mimeType.toLowerCase()) {
    case "video/h264":
      return /packetization-mode=1/.test(sdpFmtpLine) && /profile-level-id=42e01f/i.test(sdpFmtpLine);
    case "video/av1":
      return !/profile=[1-9]/.test(sdpFmtpLine);
    case "video/vp9":
      return !/profile-id=[1-9]/.test(sdpFmtpLine);
    default:
      return true;
  }
}
