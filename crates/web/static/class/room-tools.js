// @ts-check

/** Timer, breakouts, polls, notes, recording; and what leaders know of the door and of the class. */
export class RoomTools {
  /** @type {number | null} since when */
  recording = null;
  /** Whether what is said goes to the speech engine. */
  captioned = false;
  /** @type {import("./types.js").Timer | null} */
  timer = null;
  /** @type {import("./types.js").Breakouts} */
  breakouts = { open: false, choose: false, groups: [] };
  /** @type {import("./types.js").Poll[]} oldest first */
  polls = [];
  /** As the server has it; what is being typed is the notes' own. @type {import("./types.js").Notes} */
  notes = { version: 0, text: "" };
  /** @type {import("./types.js").Knock[]} first come first; leaders only */
  lobby = [];
  /** @type {import("./types.js").Expected[]} pupils of the roster; leaders only */
  expected = [];
  /** @type {import("./types.js").PaceCount} leaders only */
  pace = { follow: 0, slower: 0, lost: 0 };

  /** @type {Map<string, {kind: import("./types.js").Reaction, sign: string}>} those shown now, by person */
  reactions = new Map();

  /** @param {import("./types.js").RoomFacts} facts */
  fill(facts) {
    this.recording = facts.recording;
    this.captioned = facts.auto_captions;
    this.timer = facts.timer;
    this.breakouts = facts.breakouts;
    this.polls = facts.polls;
    this.notes = facts.notes;
    this.lobby = facts.lobby ?? [];
    this.expected = facts.expected ?? [];
    this.pace = facts.pace ?? { follow: 0, slower: 0, lost: 0 };
  }

  /**
   * The place of the group that a person belongs to, open or not; 0: none.
   * @param {string} person
   */
  groupOf(person) {
    return this.breakouts.groups.findIndex((group) => group.people.includes(person)) + 1;
  }

  /**
   * Where a person is now: 0 is the whole class.
   * @param {string} person
   */
  placeOf(person) {
    return this.breakouts.open ? this.groupOf(person) : 0;
  }

  /**
   * @param {import("./types.js").ServerMessage} message
   * @returns {boolean} whether it was about a tool
   */
  apply(message) {
    switch (message.type) {
      case "recording":
        this.recording = message.since;
        break;
      case "auto_captions":
        this.captioned = message.on;
        break;
      case "timer":
        this.timer = message.timer;
        break;
      case "breakouts":
        this.breakouts = message.breakouts;
        break;
      case "poll":
        this.#poll(message.poll);
        break;
      case "poll_dropped":
        this.polls = this.polls.filter((poll) => poll.poll !== message.poll);
        break;
      case "notes":
        this.notes = message.notes;
        break;
      case "notes_edited":
        this.notes = { version: message.version, text: spliced(this.notes.text, message.splice) };
        break;
      case "lobby":
        this.lobby = message.lobby;
        break;
      case "expected":
        this.expected = message.expected;
        break;
      case "pace":
        this.pace = message.pace;
        break;
      default:
        return false;
    }
    return true;
  }

  /** @param {import("./types.js").Poll} poll */
  #poll(poll) {
    const at = this.polls.findIndex((one) => one.poll === poll.poll);
    this.polls = at < 0 ? [...this.polls, poll] : this.polls.map((one, place) => (place === at ? poll : one));
  }
}

/**
 * A text with a splice made; places count Unicode scalar values.
 * @param {string} text
 * @param {import("./types.js").Splice} splice
 */
export function spliced(text, { at, cut, put }) {
  const characters = [...text];
  return characters.slice(0, at).join("") + put + characters.slice(at + cut).join("");
}
