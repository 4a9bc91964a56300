// @ts-check
// Every limit of what is kept without a connection, with its unit last.

/** A kept day that is older is not shown, and goes: a long weekend. */
export const DAY_AGE_MS_MAX = 4 * 86_400_000;
/** What is unsent of somebody who does not come back. */
export const UNSENT_AGE_MS_MAX = 30 * 86_400_000;
/** A receipt is shown with what waits for so long after it came. */
export const SENT_AGE_MS_MAX = 86_400_000;
/** One attached file. */
export const FILE_BYTES_MAX = 4 << 20;
/** All attached files of the day. */
export const FILES_BYTES_MAX = 30 << 20;
export const FILES_MAX = 60;
/** What one person may have waiting. */
export const QUEUE_MAX = 20;
export const QUEUE_BYTES_MAX = 300 << 20;
/** As the server has it (`HAND_IN_FILES_MAX`, `HAND_IN_CHARS_MAX`, `files::limits::FILE_BYTES_MAX`). */
export const HAND_IN_FILES_MAX = 40;
export const HAND_IN_CHARS_MAX = 60_000;
export const HAND_IN_FILE_BYTES_MAX = 100 << 20;
/** The day is asked for again after this time, by the next page. */
export const SYNC_EVERY_MS = 15 * 60_000;
/** The same for the page of a piece of work, whose draft changes. */
export const WORK_SYNC_EVERY_MS = 60_000;
/** Between a page and the day that it asks for: at random between these two. */
export const SYNC_AFTER_MS_MIN = 1_000;
export const SYNC_AFTER_MS_MAX = 8_000;
/** Between a page and the first try to send. */
export const SEND_AFTER_MS_MAX = 4_000;
/** Between the network's return and the first try: a school gets its line back at once. */
export const SEND_SPREAD_MS = 20_000;
/** Tries to send: doubled from one to the other, each between half and one and a half of it. */
export const RETRY_MS_MIN = 5_000;
export const RETRY_MS_MAX = 15 * 60_000;
/** Another tab is sending: looked at again after this time. */
export const OTHER_TAB_MS = 30_000;
/** One request of the sender that gets no answer. */
export const ANSWER_MS_MAX = 60_000;
