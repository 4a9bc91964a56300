// @ts-check
import { Backoff } from "./backoff.js";
import { OWN_KINDS } from "./own.js";
import { build, encode, encodings } from "./peer.js";
import { Ways } from "./relay.js";
import { answerFor } from "./voice.js";
import { CommandError } from "./signalling.js";

/** @typedef {import("./types.js").OwnKind} OwnKind */
/** @typedef {import("./types.js").PictureCodec} PictureCodec */

/** How long ICE may be `disconnected` before it counts as lost. */
const DISCONNECTED_MS_MAX = 1_500;
/** Who has not come straight to the server within this tries the relay as well. */
const STRAIGHT_MS_MAX = 5_000;
const SEARCHING = new Set(["new", "checking", "disconnected", "failed"]);
const FIRST_WAIT_MS = 1_000;
const WAIT_MS_MAX = 15_000;

/**
 * The one peer connection: own microphone, camera and screen, then the slots in which the server puts the others.
 * It offers once; after a failure a new one offers anew.
 */
export class Media {
  /** @type {RTCPeerConnection | null} */
  pc = null;
  /** @type {Partial<Record<OwnKind, RTCRtpSender>>} */
  #senders = {};
  /** @type {Map<string, MediaStream>} by the slot's mid */
  #streams = new Map();
  #backoff = new Backoff(FIRST_WAIT_MS, WAIT_MS_MAX);
  #timer = 0;
  #opening = 0;
  /** @type {import("./types.js").SlotCount | null} */
  #slots = null;
  /** @type {"full" | "lean"} */
  #mode = "full";
  /** The server's answer, as it came. */
  #answer = "";
  /** @type {import("./voice.js").Voice} how the microphone is to be sent */
  #voice = "usual";
  /** @type {import("./voice.js").Voice | null} as what it was last agreed upon */
  #agreed = null;
  /** @type {RTCPeerConnection | null} with whom it is being agreed upon: one that was closed meanwhile never answers */
  #agreeing = null;
  #smallCamera = false;
  #aside = false;
  /** @type {PictureCodec} what may be told besides VP8 */
  #offered = "vp8";
  /** @type {PictureCodec | null} what was told since the connection was made */
  #codec = null;
  /** The encoders are told one thing after the other. */
  #encoding = Promise.resolve();
  ways = new Ways();

  /**
   * @param {object} options
   * @param {import("./own.js").Own} options.own
   * @param {(sdp: string) => Promise<string>} options.exchange an offer for an answer
   * @param {() => void} options.onStreams other streams stand in the slots now
   * @param {(connected: boolean) => void} options.onState
   * @param {() => void} options.onTrouble nothing comes any more: the network may be another one
   */
  constructor({ own, exchange, onStreams, onState, onTrouble }) {
    this.own = own;
    this.exchange = exchange;
    this.onStreams = onStreams;
    this.onState = onState;
    this.onTrouble = onTrouble;
    own.addEventListener("change", () => this.#sendOwn());
  }

  /** Whether this browser can do it at all. */
  static get isPossible() {
    return typeof RTCPeerConnection === "function";
  }

  /**
   * Opens a connection, in place of the former one.
   * @param {import("./types.js").SlotCount} slots
   * @param {"full" | "lean"} mode
   * @param {PictureCodec} [codec] as what pictures may be sent and received, besides VP8
   */
  async open(slots, mode, codec = "vp8") {
    this.#slots = slots;
    this.#mode = mode;
    this.#offered = codec;
    clearTimeout(this.#timer);
    if (!Media.isPossible) {
      return;
    }
    const opening = ++this.#opening;
    const { pc, senders } = build(slots, mode, codec, this.ways.servers());
    try {
      await Promise.all(OWN_KINDS.map((kind) => senders[kind].replaceTrack(this.own.track(kind))));
      await pc.setLocalDescription();
      const answer = await this.exchange(pc.localDescription?.sdp ?? "");
      if (opening !== this.#opening) {
        pc.close();
        return;
      }
      this.pc?.close();
      this.pc = pc;
      this.#senders = senders;
      this.#watch(pc);
      this.#answer = answer;
      this.#agreed = this.#codec = null;
      await this.#agree(pc);
      this.#encode();
      this.#collect(pc);
      this.#sendOwn();
    } catch (error) {
      pc.close();
      if (opening === this.#opening) {
        console.warn("class: no media connection", error);
        this.#again(this.#backoff.nextMs(error instanceof CommandError ? error.retryMs : null));
      }
    }
  }

  /**
   * How the microphone is sent from now on.
   * @param {import("./voice.js").Voice} voice
   */
  async speak(voice) {
    this.#voice = voice;
    const { pc } = this;
    if (!pc || this.#agreed === null) {
      return;
    }
    try {
      await this.#agree(pc);
    } catch (error) {
      console.warn("class: the microphone is sent as before", error);
    }
  }

  /**
   * The browser and we agree among ourselves, as often as it takes; the server need not know.
   * @param {RTCPeerConnection} pc
   */
  async #agree(pc) {
    if (this.#agreeing === pc) {
      return;
    }
    this.#agreeing = pc;
    try {
      while (pc === this.pc && this.#agreed !== this.#voice) {
        const voice = this.#voice;
        if (pc.signalingState === "stable") {
          await pc.setLocalDescription();
        }
        try {
          await pc.setRemoteDescription({ type: "answer", sdp: answerFor(this.#answer, voice, this.#mode) });
        } catch (error) {
          if ((voice === "usual" && this.#mode === "full") || pc.signalingState !== "have-local-offer") {
            throw error;
          }
          // A large voice is better than none.
          console.warn("class: this browser takes only the server's own answer", error);
          await pc.setRemoteDescription({ type: "answer", sdp: this.#answer });
        }
        this.#agreed = voice;
      }
    } finally {
      if (this.#agreeing === pc) {
        this.#agreeing = null;
      }
    }
  }

  /**
   * Only the smallest layer of the camera is sent, or all.
   * @param {boolean} small
   */
  setSmallCamera(small) {
    if (small !== this.#smallCamera) {
      this.#smallCamera = small;
      this.#encode();
    }
  }

  /**
   * In lean mode hardly anybody is given one's camera: its smallest layer is enough.
   * @param {boolean} aside
   */
  setAside(aside) {
    if (aside !== this.#aside) {
      this.#aside = aside;
      this.#encode();
    }
  }

  /**
   * Pictures are sent so from now on.
   * @param {PictureCodec} codec
   */
  setCodec(codec) {
    if (codec !== this.#codec) {
      this.#codec = codec;
      this.#encode();
    }
  }

  #encode() {
    this.#encoding = this.#encoding.then(() => this.#encodeNow());
  }

  async #encodeNow() {
    const { camera, screen } = this.#senders;
    const codec = this.#codec;
    const wanted = encodings(this.#mode, codec, this.#smallCamera || this.#aside);
    try {
      const done = [camera && (await encode(camera, wanted.camera, codec)), screen && (await encode(screen, wanted.screen, codec))];
      if (done.includes(false) && codec === this.#codec) {
        this.setCodec("vp8");
      }
    } catch (error) {
      console.warn("class: pictures are sent as before", error);
    }
  }

  /** The server has lost the connection: a new one, after a moment. */
  lost() {
    this.#again(this.#backoff.nextMs() + FIRST_WAIT_MS / 2);
  }

  close() {
    this.#opening += 1;
    this.#slots = null;
    clearTimeout(this.#timer);
    this.pc?.close();
    this.pc = null;
    this.#senders = {};
    this.#streams.clear();
    this.onStreams();
    this.onState(false);
  }

  /**
   * What stands in a slot.
   * @param {string} mid
   */
  stream(mid) {
    return this.#streams.get(mid) ?? null;
  }

  /** The streams of all voice slots; whoever speaks is in one of them. */
  voices() {
    return [...this.#streams.values()].filter((stream) => stream.getAudioTracks().length > 0);
  }

  #sendOwn() {
    for (const kind of OWN_KINDS) {
      const sender = this.#senders[kind];
      const track = this.own.track(kind);
      if (sender && sender.track !== track) {
        sender.replaceTrack(track).catch((error) => console.warn(`class: ${kind} is not sent`, error));
      }
    }
  }

  /** @param {RTCPeerConnection} pc */
  #collect(pc) {
    this.#streams.clear();
    for (const { mid, receiver } of pc.getTransceivers().slice(OWN_KINDS.length)) {
      if (mid !== null) {
        this.#streams.set(mid, new MediaStream([receiver.track]));
      }
    }
    this.onStreams();
  }

  /** @param {RTCPeerConnection} pc */
  #watch(pc) {
    let disconnected = 0;
    const straight = setTimeout(() => {
      // Found, it only takes its time: begun anew, it would take more.
      if (pc === this.pc && this.ways.hasAnother && SEARCHING.has(pc.iceConnectionState)) {
        this.ways.straightIsClosed();
        this.#again(0);
      }
    }, STRAIGHT_MS_MAX);
    pc.onconnectionstatechange = () => {
      if (pc !== this.pc || pc.connectionState === "connected") {
        clearTimeout(straight);
      }
      if (pc !== this.pc) {
        return;
      }
      clearTimeout(disconnected);
      if (pc.connectionState === "connected") {
        this.#backoff.reset();
        void this.ways.arrived(pc);
        this.onState(true);
      } else if (pc.connectionState === "failed") {
        this.#again(this.#backoff.nextMs());
      } else if (pc.connectionState === "disconnected") {
        this.onTrouble();
        disconnected = setTimeout(() => pc === this.pc && this.#again(0), DISCONNECTED_MS_MAX);
      }
    };
  }

  /** @param {number} waitMs */
  #again(waitMs) {
    this.onState(false);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#slots && void this.open(this.#slots, this.#mode, this.#offered), waitMs);
  }
}
