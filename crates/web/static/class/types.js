// @ts-check
// Shapes of the protocol (docs/protocol/class.md and class-tools.md); types only.

/** @typedef {"teacher" | "assistant" | "pupil" | "observer" | "guest"} Role */
/** @typedef {"vp8" | "vp9" | "av1"} PictureCodec */
/** @typedef {"mic" | "camera" | "screen"} OwnKind What a device sends. */
/** @typedef {"mic" | "camera" | "screen" | "chat" | "hand" | "board" | "react" | "notes"} Use What rules grant or refuse. */
/** @typedef {"captioner" | "interpreter"} Duty */
/** @typedef {Partial<Record<"mic" | "camera" | "screen" | "chat" | "board" | "notes", boolean>>} Own Exceptions of one person. */
/** @typedef {{visit: string, away: boolean, mic: boolean, camera: boolean, screen: boolean, program?: "publisher" | "player"}} Device */
/**
 * @typedef {{person: string, name: string, role: Role, listed: boolean, devices: Device[], duty?: Duty, own?: Own}} Participant
 */
/** @typedef {{person: string, since: number}} Hand */
/** @typedef {"class" | "leaders" | {person: string} | {place: number}} To For whom a line is. */
/** @typedef {{chat: string, person: string, name: string, body: string, at: number, to: To, guest?: boolean}} Line */

/**
 * What pupils and guests may, the whole class of them.
 * @typedef {{mic: boolean, camera: boolean, screen: boolean, chat: boolean, hand: boolean, board: boolean, react: boolean,
 *   notes: boolean, leaf: boolean, private: boolean, muted_at_entry: boolean, cameras_seen: "all" | "leaders",
 *   cameras_max: number, slow_s: number, locked: boolean, alone_min: number}} Rules
 */

/** @typedef {{ends: number, label: string}} Timer */
/** @typedef {{name: string, people: string[], help: boolean}} Group Number n, from 1, is place n. */
/** @typedef {{open: boolean, ends?: number, choose: boolean, groups: Group[]}} Breakouts */

/**
 * `voted` and `counts`: for leaders, and for all once it is shown. `votes`: for leaders, unless anonymous.
 * @typedef {{poll: number, question: string, options: string[], many: boolean, anonymous: boolean, since: number,
 *   open: boolean, shown: boolean, mine: number[], voted?: number, counts?: number[], votes?: Record<string, number[]>}} Poll
 */

/** @typedef {{deck: number, page: number}} PageRef */
/** @typedef {{deck: number, kind: "board" | "document", file?: string, name: string, pages: number, place: number}} Deck */
/** @typedef {[number, number]} Point In ten-thousandths of the page's width. */
/**
 * @typedef {{is: "pen", colour: number, width: number, points: Point[]}
 *   | {is: "form", form: "line" | "arrow" | "rectangle" | "ellipse", colour: number, width: number, fill: boolean, from: Point, to: Point}
 *   | {is: "text", colour: number, size: number, at: Point, text: string}
 *   | {is: "picture", file: string, from: Point, to: Point}} Shape
 */
/** @typedef {PageRef & {object: number, by: string, shape: Shape}} BoardObject */

/** @typedef {{at: number, cut: number, put: string}} Splice In Unicode scalar values. */
/** @typedef {{version: number, text: string}} Notes */
/** @typedef {{person: string, name: string, role: Role, listed: boolean, origin: string, since: number}} Knock */
/** @typedef {{person: string, name: string}} Expected A pupil of the roster. */
/** @typedef {"follow" | "slower" | "lost"} Pace */
/** @typedef {Record<Pace, number>} PaceCount */
/** @typedef {"yes" | "no" | "applause" | "heart" | "laugh" | "surprise" | "thinking" | "thanks"} Reaction */

/**
 * All that a newcomer gets. The last three are for leaders only.
 * @typedef {{participants: Participant[], hands: Hand[], floor: string[], chat: Line[], rules: Rules, recording: number | null,
 *   auto_captions: boolean, timer: Timer | null, breakouts: Breakouts, polls: Poll[], decks: Deck[], shown: PageRef | null, notes: Notes,
 *   lobby?: Knock[], expected?: Expected[], pace?: PaceCount}} RoomFacts
 */

/** @typedef {{voices: number, pictures: number}} SlotCount */
/** @typedef {{mid: string, kind: "voice" | "camera" | "screen", person: string, visit: string, paused: boolean}} Slot */
/** @typedef {{person: string, name: string, role: Role, visit: string, secret: string, mutes: number}} You */
/** @typedef {{lesson: string, title: string, starts: number, ends: number, lean?: true, codec?: PictureCodec, may_record: boolean, captions_by?: string}} Lesson `captions_by`: the host whose speech engine may hear. */

/**
 * @typedef {{type: "welcome", protocol: number, now: number, you: You, resumed: boolean, state: "waiting" | "lobby" | "in",
 *   lesson: Lesson, slots: SlotCount, room?: RoomFacts}} Welcome
 */

/**
 * People, what they send, and what they say.
 * @typedef {{type: "entered", room: RoomFacts}
 *   | {type: "waiting", state: "waiting" | "lobby"}
 *   | {type: "joined", participant: Participant}
 *   | {type: "changed", participant: Participant}
 *   | {type: "left", person: string, why: "left" | "lost" | "removed" | "roster" | "sent_back"}
 *   | {type: "hands", hands: Hand[]}
 *   | {type: "floor", floor: string[]}
 *   | {type: "chat", line: Line}
 *   | {type: "chat_deleted", chat: string, by: string}
 *   | {type: "group_chat", chat: Line[]}
 *   | {type: "muted", by: string, mutes: number}
 *   | {type: "stopped", kind: "camera" | "screen", by: string}
 *   | {type: "rules", rules: Rules}
 *   | {type: "reaction", person: string, kind: Reaction}
 *   | {type: "ends", ends: number}
 *   | {type: "may", record: boolean, captions_by?: string}
 *   | {type: "queued", re: number, place: number, wait_ms: number}
 *   | {type: "examined", until: number | null}
 *   | {type: "slots", slots: Slot[]}
 *   | {type: "speaking", visits: string[]}
 *   | {type: "media_lost"}
 *   | {type: "line", narrow: boolean}
 *   | {type: "codec", codec: PictureCodec}
 *   | {type: "sparing", on: boolean}} PeopleMessage
 */

/**
 * Of the tools.
 * @typedef {{type: "caption", by: string, text: string, final: boolean, auto?: boolean}
 *   | {type: "auto_captions", on: boolean, failed?: boolean}
 *   | {type: "recording", since: number | null}
 *   | {type: "timer", timer: Timer | null}
 *   | {type: "picked", person: string}
 *   | {type: "breakouts", breakouts: Breakouts}
 *   | {type: "called", by: string, body: string}
 *   | {type: "poll", poll: Poll}
 *   | {type: "poll_dropped", poll: number}
 *   | {type: "notes", notes: Notes}
 *   | {type: "notes_edited", version: number, by: string, splice: Splice}} ToolMessage
 */

/**
 * Of the board.
 * @typedef {{type: "decks", decks: Deck[], shown: PageRef | null}
 *   | {type: "objects", page: PageRef, objects: BoardObject[], first: boolean, last: boolean}
 *   | {type: "drawn", objects: BoardObject[]}
 *   | {type: "erased", objects: number[], by: string}
 *   | {type: "inking", person: string, page: PageRef, shape: Shape}
 *   | {type: "pointing", person: string, page: PageRef, at: Point | null}} BoardMessage
 */

/**
 * To leaders only.
 * @typedef {{type: "lobby", lobby: Knock[]}
 *   | {type: "expected", expected: Expected[]}
 *   | {type: "pace", pace: PaceCount}
 *   | {type: "gate", waiting: number}} LeaderMessage
 */

/**
 * @typedef {Welcome | PeopleMessage | ToolMessage | BoardMessage | LeaderMessage
 *   | {type: "pong", at: number, now: number}
 *   | Reply
 *   | {type: "bye", code: string, retry_ms: number | null}} ServerMessage
 */

/**
 * What answers a command that had a number. `made`: the number of a drawing, a deck, a poll.
 * @typedef {{type: "ack", re: number, chat?: string, at?: number, made?: number}
 *   | {type: "answer", re: number, sdp: string}
 *   | {type: "error", re?: number, code: string, retry_ms?: number}} Reply
 */

/** @typedef {{type: string} & Record<string, unknown>} ClientMessage */

/**
 * What a part of the page is given.
 * @typedef {object} Context
 * @property {HTMLElement} root the class
 * @property {import("./texts.js").Texts} texts
 * @property {import("./room.js").Room} room what is known
 * @property {import("./session.js").Session} session `command()` asks and tells a refusal; `message` events come from here
 * @property {import("./panel.js").Panel} panel
 * @property {import("./stage.js").Stage} stage
 * @property {import("./announce.js").Announcer} announcer
 * @property {import("./notices.js").Notices} notices
 * @property {import("./confirm.js").Confirm} confirm
 * @property {import("./shortcuts.js").Shortcuts} shortcuts
 */

/**
 * A part of the page: made once, before the class is entered; it subscribes to the room by itself.
 * @typedef {new (context: Context) => unknown} Part
 */

export {};
