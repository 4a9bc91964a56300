// @ts-check
import { DeviceProblem } from "./devices.js";
import { keep } from "./keepsake.js";
import { Media } from "./media.js";
import { OWN_KINDS } from "./own.js";
import { Room } from "./room.js";
import { CommandError, Signalling } from "./signalling.js";
import { fetchToken } from "./token.js";

/** @typedef {import("./types.js").ServerMessage} ServerMessage */
/** @typedef {import("./types.js").ClientMessage} ClientMessage */
/** @typedef {import("./types.js").OwnKind} OwnKind */

/** Stands in the address of a page that was loaded anew because it was too old. */
const RELOADED = "#reloaded";

/**
 * One device in one lesson: joins what the server says, what is sent, and what is shown. Fires `problem` (a text key)
 * when something that the person asked for was not done, and `message` for every message of the server, after it was applied.
 */
export class Session extends EventTarget {
  room = new Room();
  /** Until one has been in: a restart of the server is no entry. */
  #isFirst = true;
  /** The server has lost the place, by a restart say, and takes for an entry what is none. */
  #isBack = false;

  /**
   * @param {object} options
   * @param {import("./own.js").Own} options.own
   * @param {string} options.tokenPath
   * @param {string} options.csrf
   * @param {string} options.client
   * @param {import("./keepsake.js").Kept | null} options.kept of this page, before it was loaded anew: that is no entry
   */
  constructor({ own, tokenPath, csrf, client, kept }) {
    super();
    this.own = own;
    this.#isFirst = kept === null;
    this.room.mutes = kept?.mutes ?? 0;
    this.signalling = new Signalling({
      token: async () => {
        const grant = await fetchToken(tokenPath, csrf);
        this.media.ways.relay = grant.relay ?? null;
        return grant;
      },
      client,
      onMessage: (message) => this.#receive(message),
      onLink: (online) => this.#link(online),
      onEnd: (code) => this.#end(code),
    });
    this.media = new Media({
      own,
      exchange: (sdp) => this.#exchange(sdp),
      onStreams: () => this.dispatchEvent(new Event("streams")),
      onState: (connected) => {
        this.room.media = connected;
        this.room.touch();
      },
      onTrouble: () => this.signalling.probe(),
    });
    own.addEventListener("change", () => void this.#tellMedia());
    own.addEventListener("ended", (event) => this.#lostDevice(event));
  }

  enter() {
    this.signalling.start();
  }

  /** @param {OwnKind} kind */
  async toggle(kind) {
    try {
      await this.own.turn(kind, !this.own.isOn(kind));
    } catch (error) {
      if (error instanceof DeviceProblem) {
        this.#tell(`class-device-${kind}-${error.reason}`);
      }
    }
  }

  toggleHand() {
    void this.command({ type: "hand", up: !this.room.isHandUp });
  }

  /**
   * A command whose refusal the person should read.
   * @param {ClientMessage} message
   * @returns {Promise<import("./types.js").Reply | null>} the answer; `null`: it was refused, and told
   */
  async command(message) {
    try {
      return await this.signalling.request(message);
    } catch (error) {
      if (error instanceof CommandError) {
        // A removal holds even when it could not be written down.
        const isHalfDone = message.type === "remove" && error.code === "not_stored";
        this.#tell(isHalfDone ? "class-remove-not-stored" : `live-error-${error.code.replaceAll("_", "-")}`);
      }
      return null;
    }
  }

  /** Goes for good. */
  leave() {
    this.signalling.leave();
  }

  /** @param {ServerMessage} message */
  #receive(message) {
    const before = this.room.mutes;
    this.room.apply(message);
    switch (message.type) {
      case "welcome":
        if (!this.#isFirst && message.you.mutes > before) {
          void this.own.turn("mic", false);
        }
        this.#isBack = !this.#isFirst && !message.resumed;
        this.#begin(this.#isFirst);
        this.#isFirst &&= message.state !== "in";
        break;
      case "entered":
        this.#begin(this.#isFirst);
        this.#isFirst = false;
        break;
      case "waiting":
        void this.own.turn("screen", false);
        this.media.close();
        break;
      case "muted":
        void this.own.turn("mic", false);
        void this.#tellMedia();
        this.#tell("class-was-muted");
        break;
      case "stopped":
        void this.own.turn(message.kind, false);
        this.#tell(`class-${message.kind}-stopped`);
        break;
      case "codec":
        this.media.setCodec(message.codec);
        break;
      case "media_lost":
        this.media.lost();
        break;
      default:
        break;
    }
    this.dispatchEvent(new CustomEvent("message", { detail: message }));
  }

  /**
   * After every welcome the server knows nothing of what we send.
   * @param {boolean} isNew whether one has just come in, and does not come back to a place that was kept
   */
  #begin(isNew) {
    // Who has waited has told the microphone long ago: what the rule says of the entry is done here.
    if (isNew && this.room.phase === "in" && this.room.isRuled && this.room.rules.muted_at_entry && this.own.isOn("mic")) {
      void this.own.turn("mic", false);
      this.#tell("class-muted-at-entry");
    }
    void this.#tellMedia();
    if (this.room.phase === "in") {
      void this.media.open(this.room.slotCount, this.room.isLean ? "lean" : "full", this.room.lesson?.codec);
    }
  }

  async #tellMedia() {
    if (!this.room.you) {
      return;
    }
    const { own, room } = this;
    const state = { mic: own.isOn("mic"), camera: own.isOn("camera"), screen: own.isOn("screen") };
    try {
      await this.signalling.request({ type: "media", ...state, mutes: room.mutes });
    } catch (error) {
      const code = error instanceof CommandError ? error.code : "offline";
      if (code === "muted" && this.#isBack) {
        this.#isBack = false;
        void this.#tellMedia();
      } else if (code === "muted") {
        void own.turn("mic", false);
      } else if (code === "screen_taken") {
        void own.turn("screen", false);
        this.#tell("live-error-screen-taken");
      } else if (code === "locked" || code === "cameras_full") {
        void this.#stopForbidden(code);
      } else if (code === "too_fast") {
        setTimeout(() => void this.#tellMedia(), 1_000);
      }
    }
  }

  /**
   * What the rules forbid is switched off here too: what the server forwards of this device says what they allow.
   * @param {"locked" | "cameras_full"} code
   */
  async #stopForbidden(code) {
    const { own, room } = this;
    const me = room.people.get(room.you?.person ?? "")?.devices.find((device) => device.visit === room.you?.visit);
    for (const kind of /** @type {OwnKind[]} */ (["mic", "camera", "screen"])) {
      if (own.isOn(kind) && !me?.[kind]) {
        await own.turn(kind, false);
      }
    }
    this.#tell(`live-error-${code.replaceAll("_", "-")}`);
  }

  /** @param {string} sdp */
  async #exchange(sdp) {
    const reply = await this.signalling.request({ type: "offer", sdp });
    if (reply.type !== "answer") {
      throw new CommandError("bad_sdp");
    }
    return reply.sdp;
  }

  /** @param {boolean} online */
  #link(online) {
    this.room.online = online;
    this.room.touch();
  }

  /** @param {string} code */
  #end(code) {
    const on = OWN_KINDS.filter((kind) => kind !== "screen" && this.own.isOn(kind));
    const { mutes } = this.room;
    this.room.ending = code;
    this.room.phase = "ended";
    this.room.online = false;
    this.room.touch();
    this.own.stop();
    this.media.close();
    // The server's page says why; and a page of an older version is loaded anew, once.
    if (code === "refused") {
      location.reload();
    } else if (code === "reload" && location.hash !== RELOADED) {
      keep(this, on, mutes);
      location.hash = RELOADED;
      location.reload();
    }
  }

  /** @param {Event} event */
  #lostDevice(event) {
    const kind = event instanceof CustomEvent ? event.detail : "";
    // Sharing is ended from the browser's own bar: nothing to say.
    if (kind === "mic" || kind === "camera") {
      this.#tell(`class-device-${kind}-gone`);
    }
  }

  /** @param {string} key */
  #tell(key) {
    this.dispatchEvent(new CustomEvent("problem", { detail: key }));
  }
}
