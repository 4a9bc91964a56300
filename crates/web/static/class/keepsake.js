// @ts-check
// What somebody was about to say outlives the page: a page of an older version is loaded anew in the middle of a class, and comes
// back into it with what was typed and not sent, and with microphone and camera as they were.

/** @typedef {import("./types.js").OwnKind} OwnKind */

/**
 * @typedef {object} Kept
 * @property {string} path of the page
 * @property {number} at
 * @property {OwnKind[]} on what was being sent
 * @property {number} mutes the number of the last mute that was seen: a later one counts
 * @property {Record<string, string>} typed by the id of its field
 * @property {Record<string, unknown>} parts what parts of the page have added
 */

const NAME = "preau.class.back";
/** A page that takes longer to come back asks at the door again. */
const KEPT_MS_MAX = 60_000;
const FIELDS = "#class-room textarea[id], #class-room input[type=text][id]";

/** @returns {NodeListOf<HTMLTextAreaElement | HTMLInputElement>} */
function fields() {
  return document.querySelectorAll(FIELDS);
}

/**
 * Parts of the page add what they have, by the session's event `keep`.
 * @param {EventTarget} session
 * @param {OwnKind[]} on
 * @param {number} mutes
 */
export function keep(session, on, mutes) {
  /** @type {Kept} */
  const kept = { path: location.pathname, at: Date.now(), on, mutes, typed: {}, parts: {} };
  for (const field of fields()) {
    if (field.value !== "") {
      kept.typed[field.id] = field.value;
    }
  }
  session.dispatchEvent(new CustomEvent("keep", { detail: kept.parts }));
  try {
    sessionStorage.setItem(NAME, JSON.stringify(kept));
  } catch {
    // This browser keeps nothing; the class is entered again by the door.
  }
}

/**
 * What was kept of this page a moment ago; it is kept no longer.
 * @returns {Kept | null}
 */
export function takeBack() {
  try {
    const kept = /** @type {Kept | null} */ (JSON.parse(sessionStorage.getItem(NAME) ?? "null"));
    sessionStorage.removeItem(NAME);
    return kept && kept.path === location.pathname && Date.now() - kept.at < KEPT_MS_MAX ? kept : null;
  } catch {
    return null;
  }
}

/**
 * Puts everything where it was; parts of the page take what is theirs, by the session's event `kept`.
 * @param {EventTarget} session
 * @param {Kept} kept
 */
export function putBack(session, kept) {
  for (const field of fields()) {
    const text = kept.typed[field.id];
    if (text !== undefined && field.value === "") {
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  session.dispatchEvent(new CustomEvent("kept", { detail: kept.parts }));
  // The next update may load the page anew once more.
  history.replaceState(null, "", location.pathname);
}
