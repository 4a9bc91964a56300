// @ts-check
// The shapes of what is kept (docs/protocol/offline.md).

/**
 * @typedef {object} SavedFile
 * @property {string} id
 * @property {string} name
 * @property {string} size as people read it
 * @property {number} bytes
 * @property {string} kind
 * @property {boolean} inline browsers may show it
 * @property {string} path
 *
 * @typedef {object} Draft
 * @property {number} version
 * @property {string} body
 * @property {number} [saved_at]
 * @property {SavedFile[]} files
 *
 * @typedef {object} Lesson
 * @property {string} id
 * @property {string} subject
 * @property {string} who
 * @property {string} room
 * @property {number} starts_at
 * @property {number} ends_at
 * @property {boolean} cancelled
 * @property {string | null} place
 * @property {string[]} marks
 * @property {string} note
 *
 * @typedef {object} Work
 * @property {string} id
 * @property {string} subject
 * @property {string} title
 * @property {string} body
 * @property {string} author
 * @property {string} due_day
 * @property {number | null} deadline_at
 * @property {string[]} ways
 * @property {string} state
 * @property {boolean} may_hand_in
 * @property {SavedFile[]} files
 * @property {Draft | null} draft
 * @property {string} path
 *
 * @typedef {object} Entry what a lesson was about
 * @property {string} lesson
 * @property {string} subject
 * @property {string} who
 * @property {number} starts_at
 * @property {number} ends_at
 * @property {string} body
 * @property {SavedFile[]} files
 * @property {string} path
 *
 * @typedef {object} Child
 * @property {string} person
 * @property {string} name
 * @property {Lesson[]} lessons
 * @property {Work[]} works
 * @property {Entry[]} [log] days of before there was one have none
 *
 * @typedef {object} Day the answer of `/api/day`
 * @property {number} format
 * @property {string} person
 * @property {string} name
 * @property {boolean} shared_device
 * @property {string} day ISO 8601
 * @property {number} now
 * @property {string} zone
 * @property {Lesson[]} lessons
 * @property {Work[]} works
 * @property {Entry[]} [log] days of before there was one have none
 * @property {Child[]} children
 *
 * @typedef {object} Meta who signed in last
 * @property {string} person
 * @property {string} session
 * @property {number} syncedAt 0: never
 * @property {string} page version and language of the kept page, as it was asked for
 *
 * @typedef {object} KeptFile
 * @property {string} person
 * @property {string} path
 * @property {string} name
 * @property {Blob} blob
 *
 * @typedef {object} Part a file of a hand-in
 * @property {string} name
 * @property {string} [id] the server has it under this id
 * @property {Blob} [blob] left out for what the server's own draft has
 * @property {string} [upload] where its upload has begun
 *
 * @typedef {object} Pages files chosen for a hand-in that is not handed in yet
 * @property {string} person
 * @property {string} homework
 * @property {number} savedAt
 * @property {Part[]} parts
 *
 * @typedef {object} Receipt the answer to a hand-in
 * @property {string} path
 * @property {number} at
 * @property {boolean} late
 * @property {string} sha256
 *
 * @typedef {object} Item a hand-in that was made here
 * @property {number} format
 * @property {string} id its idempotency key
 * @property {string} person
 * @property {string} homework
 * @property {string} title
 * @property {string} body
 * @property {Part[]} parts
 * @property {number} madeAt
 * @property {"waiting" | "refused" | "sent"} state
 * @property {string[]} why the server's words when it was refused
 * @property {boolean} anew its files were sent once more
 * @property {Receipt | null} receipt
 * @property {number} endedAt when it was sent or refused; 0 before
 */

/** Of every record; one of another shape is left alone. */
export const FORMAT = 1;
