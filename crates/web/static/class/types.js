// @ts-check
// Shapes of the protocol (docs/protocol/class.md); types only.

/** @typedef {"teacher" | "assistant" | "pupil" | "observer" | "guest"} Role */
/** @typedef {"mic" | "camera" | "screen"} OwnKind What a device sends. */
/** @typedef {{visit: string, away: boolean, mic: boolean, camera: boolean, screen: boolean}} Device */
/** @typedef {{person: string, name: string, role: Role, devices: Device[]}} Participant */
/** @typedef {{person: string, since: number}} Hand */
/** @typedef {{chat: string, person: string, name: string, body: string, at: number, to: unknown}} Line */
/** @typedef {{participants: Participant[], hands: Hand[], chat: Line[]}} RoomFacts */
/** @typedef {{voices: number, pictures: number}} SlotCount */
/** @typedef {{mid: string, kind: "voice" | "camera" | "screen", person: string, visit: string, paused: boolean}} Slot */
/** @typedef {{person: string, name: string, role: Role, visit: string, secret: string, mutes: number}} You */
/** @typedef {{lesson: string, title: string, starts: number, ends: number}} Lesson */

/**
 * @typedef {{type: "welcome", protocol: number, now: number, you: You, resumed: boolean, state: "waiting" | "lobby" | "in",
 *   lesson: Lesson, slots: SlotCount, room?: RoomFacts}} Welcome
 */

/**
 * @typedef {Welcome
 *   | {type: "entered", room: RoomFacts}
 *   | {type: "waiting", state: "waiting" | "lobby"}
 *   | {type: "joined", participant: Participant}
 *   | {type: "changed", participant: Participant}
 *   | {type: "left", person: string, why: "left" | "lost" | "removed" | "roster" | "sent_back"}
 *   | {type: "hands", hands: Hand[]}
 *   | {type: "chat", line: Line}
 *   | {type: "chat_deleted", chat: string, by: string}
 *   | {type: "ends", ends: number}
 *   | {type: "muted", by: string, mutes: number}
 *   | {type: "stopped", kind: "camera" | "screen", by: string}
 *   | {type: "slots", slots: Slot[]}
 *   | {type: "speaking", visits: string[]}
 *   | {type: "media_lost"}
 *   | {type: "gate", waiting: number}
 *   | {type: "pong", at: number, now: number}
 *   | Reply
 *   | {type: "bye", code: string, retry_ms: number | null}} ServerMessage
 */

/**
 * What answers a command that had a number.
 * @typedef {{type: "ack", re: number, chat?: string, at?: number}
 *   | {type: "answer", re: number, sdp: string}
 *   | {type: "error", re?: number, code: string}} Reply
 */

/** @typedef {{type: string} & Record<string, unknown>} ClientMessage */

export {};
