// @ts-check

/** @typedef {import("./types.js").ServerMessage} ServerMessage */
/** @typedef {import("./types.js").RoomFacts} RoomFacts */
/** @typedef {import("./types.js").Participant} Participant */

/** What this client knows of the lesson. Messages of the server are applied in the order in which they come. */
export class Room {
  /** @type {"connecting" | "waiting" | "lobby" | "in" | "ended"} */
  phase = "connecting";
  /** Whether the WebSocket is there. */
  online = false;
  /** Whether sound and pictures flow. */
  media = false;
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

  get isTeacher() {
    return this.you?.role === "teacher";
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
        this.#fill({ participants: [], hands: [], chat: [] });
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
      case "chat":
        if (!this.chat.some((line) => line.chat === message.line.chat)) {
          this.chat.push(message.line);
        }
        break;
      case "chat_deleted":
        this.chat = this.chat.filter((line) => line.chat !== message.chat);
        break;
      case "ends":
        if (this.lesson) {
          this.lesson = { ...this.lesson, ends: message.ends };
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
        return;
    }
    this.touch();
  }

  /** @param {import("./types.js").Welcome} welcome */
  #welcome(welcome) {
    this.you = welcome.you;
    this.mutes = welcome.you.mutes;
    this.lesson = welcome.lesson;
    this.slotCount = welcome.slots;
    this.clockOffsetMs = welcome.now - Date.now();
    this.phase = welcome.state;
    this.#fill(welcome.room ?? { participants: [], hands: [], chat: [] });
  }

  /** @param {RoomFacts} facts */
  #fill(facts) {
    this.people = new Map(facts.participants.map((participant) => [participant.person, participant]));
    this.hands = facts.hands;
    this.chat = facts.chat;
    this.slots = [];
    this.speaking = [];
  }
}
