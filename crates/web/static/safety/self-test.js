// @ts-check
// What this device and this line can do: tried one after the other, said in words, and sent to school life when the person wants so.

import { Busy } from "./ask.js";
import { tryCamera, tryMic } from "./try-devices.js";
import { tryDown, tryTrip, tryUp, tryWebSocket } from "./try-line.js";
import { tryMedia } from "./try-media.js";
import { Texts } from "../class/texts.js";
import { find, say } from "../class/dom.js";

/** @typedef {"good" | "weak" | "bad" | "off" | "denied" | "missing" | "busy"} State */
/** @typedef {{state: State, value?: number}} Found */
/** @typedef {{what: string} & Found} Result */

const root = find(document, "#self-test", HTMLElement);
const texts = new Texts(find(document, "#test-texts", HTMLTemplateElement), document.documentElement.lang, undefined);
const csrf = root.dataset["csrf"] ?? "";
const run = find(root, "[data-action=run]", HTMLButtonElement);
const devices = find(root, "[name=devices]", HTMLInputElement);
const list = find(root, "section", HTMLElement);
const verdict = find(root, "[data-testid=verdict]", HTMLElement);
const send = root.querySelector("[data-send]");
/** States that are said in the colour of a fault, of a warning. */
const TONES = { good: "good", weak: "now", missing: "now", busy: "now", bad: "bad", denied: "bad", off: "" };
/** Without these there is no lesson. */
const NEEDED = ["browser", "websocket"];
/** One of these is enough; a class takes the first that is open. @type {("udp" | "tcp" | "turn")[]} */
const WAYS = ["udp", "tcp", "turn"];

/** @type {Result[]} */
let results = [];

/** @param {string} what */
function row(what) {
  return find(root, `[data-what=${what}]`, HTMLElement);
}

/**
 * @param {string} what
 * @param {Found} found
 */
function tell(what, found) {
  const line = row(what);
  const tag = find(line, "[data-tag]", HTMLElement);
  line.dataset["state"] = found.state;
  tag.className = `tag ${TONES[found.state]}`;
  const number = found.value === undefined ? "" : ` · ${found.value.toLocaleString(texts.language)} ${what === "trip" ? "ms" : "kbit/s"}`;
  say(tag, texts.get(`self-test-state-${found.state}`));
  say(find(line, "[data-words]", HTMLElement), texts.get(found.state === "busy" ? "self-test-busy" : `self-test-${what}-${found.state}`) + number);
  results.push({ what, ...found });
}

/**
 * Tries one thing, and says what came of it; what cannot even be tried does not work.
 * @param {string} what
 * @param {() => Promise<Found>} attempt
 */
async function attempt(what, attempt) {
  const line = row(what);
  say(find(line, "[data-words]", HTMLElement), texts.get("self-test-running"));
  /** @type {Found} */
  let found = { state: "bad" };
  try {
    found = await attempt();
  } catch (error) {
    console.warn(`self-test: ${what}`, error);
    found = { state: error instanceof Busy ? "busy" : "bad" };
  }
  tell(what, found);
  return found;
}

async function tryAll() {
  results = [];
  const knows = typeof RTCPeerConnection === "function" && typeof WebSocket === "function" && typeof navigator.mediaDevices === "object";
  await attempt("browser", async () => ({ state: knows ? "good" : "bad" }));
  const off = async () => /** @type {Found} */ ({ state: "off" });
  await attempt("camera", devices.checked ? () => tryCamera(row("camera")) : off);
  await attempt("mic", devices.checked ? () => tryMic(row("mic"), texts) : off);
  await attempt("websocket", tryWebSocket);
  const media = knows ? await tryMedia(csrf) : null;
  let isOpen = false;
  for (const way of WAYS) {
    const { state } = await attempt(way, media?.[way] ?? (async () => bad));
    if (state === "good" && media && !isOpen) {
      isOpen = true;
      await attempt("voice", media.voice);
    }
  }
  if (!isOpen) {
    await attempt("voice", media?.voice ?? off);
  }
  media?.end();
  await attempt("trip", tryTrip);
  await attempt("down", tryDown);
  await attempt("up", () => tryUp(csrf));
}

/** @type {Found} */
const bad = { state: "bad" };

/**
 * What all of it comes to: a lesson as it should be, one that lacks something, or none.
 * @returns {["good" | "now" | "bad", string]} its tone, and its text
 */
function judged() {
  const state = (/** @type {string} */ what) => results.find((result) => result.what === what)?.state ?? "bad";
  const works = (/** @type {string} */ what) => state(what) === "good" || state(what) === "weak";
  if (!NEEDED.every(works) || !WAYS.some(works) || state("voice") === "bad") {
    return ["bad", "self-test-some-bad"];
  }
  // A way that is closed matters where it is the first; a device that was not to be tried is no lack.
  const lacks = results.some(({ what, state }) => state !== "good" && state !== "off" && !WAYS.slice(1).some((way) => way === what));
  return lacks ? ["now", "self-test-some-weak"] : ["good", "self-test-all-good"];
}

run.addEventListener("click", async () => {
  list.hidden = false;
  // A disabled button would lose the focus; and what is found is told there.
  find(list, "h2", HTMLElement).focus();
  run.disabled = true;
  verdict.hidden = true;
  list.setAttribute("aria-busy", "true");
  await tryAll();
  list.removeAttribute("aria-busy");
  run.disabled = false;
  const [tone, words] = judged();
  verdict.className = `notice ${tone}`;
  verdict.hidden = false;
  // Screen readers miss a live region that is shown together with its words.
  say(verdict, "");
  requestAnimationFrame(() => say(verdict, texts.get(words)));
  if (send instanceof HTMLElement) {
    send.hidden = false;
    say(find(send, "[data-sent]", HTMLElement), "");
  }
});

send?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const said = find(/** @type {HTMLElement} */ (send), "[data-sent]", HTMLElement);
  try {
    const body = new URLSearchParams({ results: JSON.stringify(results) });
    const answer = await fetch("/self-test", { method: "POST", headers: { "x-csrf": csrf, accept: "application/json" }, body });
    say(said, texts.get(answer.ok ? "self-test-sent" : "self-test-not-sent"));
  } catch {
    say(said, texts.get("self-test-not-sent"));
  }
});

find(document, ".test-scriptless", HTMLElement).hidden = true;
root.hidden = false;
