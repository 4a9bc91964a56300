// @ts-check
// How one's own microphone is sent: what the browser agrees upon with itself, out of the server's answer. Pure: texts in, texts out.

/**
 * How the microphone is sent: as usual; doubled, each packet with the one before it, because our line loses packets (RFC 2198); small, because a line of
 * somebody in the class carries no more; or bare, because our own does.
 * @typedef {"usual" | "doubled" | "small" | "bare"} Voice
 */

/** Where the lesson is lean: half as many packets, of which a lost one is no longer than a syllable. */
const LEAN_PACKET_MS = 40;

/** With the headers of every packet, which are more than the voice, 18 kbit/s; silence next to none. */
const SMALL_BITS_MAX = 8_000;
const SMALL_PACKET_MS = 60;
/** What goes with each packet so that rates can be estimated: each report of what came is as large as the headers of a packet. */
const MEASURED = /^a=(?:extmap:\S+ \S*(?:transport-wide-cc|abs-send-time)|rtcp-fb:\S+ transport-cc)\S*\r?\n/gm;

/**
 * The answer with what the server would like of the microphone, the first section (RFC 7587 §6.1, RFC 8866 §6.4). A bare one has nothing measured, neither
 * on the way up nor down, and no slots for pictures: for each of them a browser reports every second that nothing came.
 * @param {string} sdp
 * @param {Voice} voice
 * @param {"full" | "lean"} mode of the lesson
 */
export function answerFor(sdp, voice, mode) {
  const [head = "", mic = "", camera = "", screen = "", ...slots] = sdp.split(/^(?=m=)/m);
  if (mic === "") {
    return sdp;
  }
  const others = [camera, screen, ...slots];
  const long = mode === "lean" ? `a=ptime:${LEAN_PACKET_MS}\r\n` : "";
  if (voice === "usual") {
    return [head, mic + long, ...others].join("");
  }
  if (voice === "doubled") {
    return [head, doubled(mic) + long, ...others].join("");
  }
  if (voice === "small") {
    return [head, small(mic), ...others].join("");
  }
  return [head, small(mic), camera, screen, ...slots.map(empty)].join("").replace(MEASURED, "");
}

/**
 * With redundant data in the first place: the first payload type of a section is the one that is sent.
 * @param {string} mic
 */
function doubled(mic) {
  const red = /^a=rtpmap:(\d+) red\/48000/im.exec(mic)?.[1];
  return red ? mic.replace(new RegExp(`^(m=audio \\S+ \\S+)(.*) ${red}\\b`, "m"), `$1 ${red}$2`) : mic;
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
