// @ts-check
import { RoomBoard } from "./room-board.js";
import { RoomTools } from "./room-tools.js";

/** @typedef {import("./types.js").ServerMessage} ServerMessage */
/** @typedef {import("./types.js").RoomFacts} RoomFacts */
/** @typedef {import("./types.js").Participant} Participant */

/** The rules until the server has told them: they allow nothing that it would refuse.
 * @type {import("./types.js").Rules}
 */
const NO_RULES = {
  mic: false, camera: false, screen: false, chat: false, hand: false, board: false, react: false, notes: false, leaf: false, private: false,
  muted_at_entry: true, cameras_seen: "all", cameras_max: 0, slow_s: 0, locked: false, alone_min: 5,
};

/** @type {RoomFacts} what somebody knows who is not in */
const NOTHING = {
  participants: [], hands: [], floor: [], chat: [], rules: NO_RULES, recording: null, auto_captions: false, timer: null,
  breakouts: { open: false, choose: false, groups: [] }, polls: [], decks: [], shown: null, notes: { version: 0, text: "" },
};

/** What this client knows of the lesson. Messages of the server are applied in the order in which they come. */
export class Room {
  /** @type {"connecting" | "waiting" | "lobby" | "in" | "ended"} */
  phase = "connecting";
  /** Whether the WebSocket is there. */
  online = false;
  /** Whether sound and pictures flow. */
  media = false;
  /** Whether sound and pictures wait here because many come at once. */
  queued = false;
  /** Whether pictures are given up here for the sake of the voices. */
  saves = false;
  /** Whether the line here is weak now. */
  weak = false;
  /** @type {string | null} why it ended */
  ending = null;
  /** @type {import("./types.js").You | null} */
  you = null;
  /** @type {import("./types.js").Lesson | null} */
  lesson = null;
  /** @type {import("./types.js").SlotCount} */
  slotCount = { voices: 0, pictures: 0 };
  /** @type {Map<string, Participant>} in the order of coming */
  people = new Map();
  /** @type {import("./types.js").Hand[]} first raised first */
  hands = [];
  /** @type {string[]} who has the floor, first given first */
  floor = [];
  rules = NO_RULES;
  board = new RoomBoard();
  tools = new RoomTools();
  /** @type {import("./types.js").Line[]} */
  chat = [];
  /** @type {import("./types.js").Slot[]} */
  slots = [];
  /** @type {string[]} visits, loudest first */
  speaking = [];
  /** Server's clock minus ours, in ms. */
  clockOffsetMs = 0;
  /** Pupils of this lesson who wait at the site's gate; known to teachers only. */
  waitingAtGate = 0;
  /** Number of the last mute that was seen. */
  mutes = 0;

  /** @type {Set<() => void>} */
  #listeners = new Set();
  #told = true;

  /**
   * Calls `listener` after changes, once for all that come together.
   * @param {() => void} listener
   */
  subscribe(listener) {
    this.#listeners.add(listener);
  }

  /** Something changed. */
  touch() {
    if (this.#told) {
      this.#told = false;
      queueMicrotask(() => {
        this.#told = true;
        this.#listeners.forEach((listener) => listener());
      });
    }
  }

  /** The person's place in the list of hands, from 1; 0 without a hand.
   * @param {string} person
   */
  handNumber(person) {
    return this.hands.findIndex((hand) => hand.person === person) + 1;
  }

  /** Each device is given the voices and one picture. */
  get isLean() {
    return this.lesson?.lean === true;
  }

  get isTeacher() {
    return this.you?.role === "teacher";
  }

  /** Teachers and assistants. */
  get leads() {
    return this.you?.role === "teacher" || this.you?.role === "assistant";
  }

  /** Pupils and guests: whom the rules are for. */
  get isRuled() {
    return this.you?.role === "pupil" || this.you?.role === "guest";
  }

  /** Oneself, as the others see it. */
  get me() {
    return this.you ? this.people.get(this.you.person) : undefined;
  }

  /** The group in which one is now; 0 is the whole class. */
  get place() {
    return this.you ? this.tools.placeOf(this.you.person) : 0;
  }

  /** The server's clock, ms since 1970. */
  get now() {
    return Date.now() + this.clockOffsetMs;
  }

  /**
   * Whether one may use something now: by the rules, one's exceptions, the floor, the duty.
   * @param {import("./types.js").Use} use
   */
  may(use) {
    if (this.leads) {
      return true;
    }
    const { me } = this;
    if (!me || (use === "camera" && me.duty === "interpreter")) {
      return me !== undefined;
    }
    const byFloor = use === "mic" && this.floor.includes(me.person);
    const own = use === "hand" || use === "react" ? undefined : me.own?.[use];
    return this.isRuled && (byFloor || (own ?? this.rules[use]));
  }

  get isHandUp() {
    return this.you !== null && this.handNumber(this.you.person) > 0;
  }

  /** Everybody who is in, teachers too. */
  get presentCount() {
    return this.people.size;
  }

  /** @param {ServerMessage} message */
  apply(message) {
    if (this.board.apply(message) || this.tools.apply(message) || this.#apply(message)) {
      this.touch();
    }
  }

  /**
   * @param {ServerMessage} message
   * @returns {boolean} whether something changed
   */
  #apply(message) {
    switch (message.type) {
      case "welcome":
        this.#welcome(message);
        break;
      case "entered":
        this.phase = "in";
        this.#fill(message.room);
        break;
      case "waiting":
        this.phase = message.state;
        this.#fill(NOTHING);
        break;
      case "joined":
      case "changed":
        this.people.set(message.participant.person, message.participant);
        break;
      case "left":
        this.people.delete(message.person);
        break;
      case "hands":
        this.hands = message.hands;
        break;
      case "floor":
        this.floor = message.floor;
        break;
      case "rules":
        this.rules = message.rules;
        break;
      case "chat":
        if (!this.chat.some((line) => line.chat === message.line.chat)) {
          this.chat.push(message.line);
        }
        break;
      case "chat_deleted":
        this.chat = this.chat.filter((line) => line.chat !== message.chat);
        break;
      case "group_chat":
        this.chat = [...this.chat.filter((line) => !isOfGroup(line)), ...message.chat].sort((a, b) => (a.chat < b.chat ? -1 : 1));
        break;
      case "ends":
        if (this.lesson) {
          this.lesson = { ...this.lesson, ends: message.ends };
        }
        break;
      case "may":
        if (this.lesson) {
          const { captions_by: _before, ...lesson } = this.lesson;
          const by = message.captions_by === undefined ? {} : { captions_by: message.captions_by };
          this.lesson = { ...lesson, may_record: message.record, ...by };
        }
        break;
      case "muted":
        this.mutes = message.mutes;
        break;
      case "slots":
        this.slots = message.slots;
        break;
      case "gate":
        this.waitingAtGate = message.waiting;
        break;
      case "speaking":
        this.speaking = message.visits;
        break;
      default:
        return false;
    }
    return true;
  }

  /** @param {import("./types.js").Welcome} welcome */
  #welcome(welcome) {
    this.you = welcome.you;
    this.mutes = welcome.you.mutes;
    this.lesson = welcome.lesson;
    this.slotCount = welcome.slots;
    this.clockOffsetMs = welcome.now - Date.now();
    this.phase = welcome.state;
    this.#fill(welcome.room ?? NOTHING);
  }

  /** @param {RoomFacts} facts */
  #fill(facts) {
    this.people = new Map(facts.participants.map((participant) => [participant.person, participant]));
    this.hands = facts.hands;
    this.floor = facts.floor;
    this.rules = facts.rules;
    this.chat = [...facts.chat];
    this.slots = [];
    this.speaking = [];
    this.board.fill(facts);
    this.tools.fill(facts);
  }
}

/** @param {import("./types.js").Line} line */
function isOfGroup({ to }) {
  return typeof to === "object" && "place" in to;
}
