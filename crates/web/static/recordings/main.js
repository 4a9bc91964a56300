// @ts-check
// Plays the tracks of a recorded lesson together, with its chat, its board and its captions.
import { Board } from "./board.js";
import { Captions } from "./captions.js";
import { Clock } from "./clock.js";
import { Tracks } from "./tracks.js";

const SKIP_MS = 10_000;

/**
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
function find(selector, type) {
  const element = document.querySelector(selector);
  if (!(element instanceof type)) {
    throw new Error(`the page has no ${selector}`);
  }
  return element;
}

/** @param {number} ms */
function text(ms) {
  const seconds = Math.floor(ms / 1_000);
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours, minutes, rest] = parts.map(String);
  return parts[0] ? `${hours}:${minutes?.padStart(2, "0")}:${rest?.padStart(2, "0")}` : `${minutes}:${rest?.padStart(2, "0")}`;
}

const player = find(".player", HTMLElement);
const play = find("[data-action=play]", HTMLButtonElement);
const seek = find(".player-seek input", HTMLInputElement);
const speed = find(".player-keys select", HTMLSelectElement);
const time = find("[data-testid=time]", HTMLElement);
const wait = find(".player-time [role=status]", HTMLElement);
const lasts = Number(player.dataset["lasts"]);
const clock = new Clock(lasts);
const tracks = new Tracks(document.querySelectorAll(".tracks > li"), find(".player-pictures", HTMLElement));
const board = new Board(find(".player-board", HTMLElement), `${location.pathname}/documents`);
const captions = new Captions(find(".player-caption", HTMLElement), document.querySelectorAll(".caption-log"));
const said = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".said > li")]);

/** @param {number} now */
function showChat(now) {
  let last = null;
  for (const line of said) {
    const is = Number(line.dataset["at"]) <= now;
    line.toggleAttribute("data-later", !is);
    last = is ? line : last;
  }
  const list = last?.parentElement;
  if (last && list && clock.plays) {
    list.scrollTop = last.offsetTop - list.offsetTop - list.clientHeight + last.offsetHeight + 8;
  }
}

let shown = -Infinity;

function render() {
  const now = clock.now;
  const ready = tracks.follow(now, clock.plays, clock.speed);
  clock.hold(!ready);
  wait.textContent = clock.plays && !ready ? wait.dataset["wait"] ?? "" : "";
  if (Math.abs(now - shown) >= 100 || now === lasts) {
    shown = now;
    seek.value = String(now);
    seek.setAttribute("aria-valuetext", text(now));
    time.textContent = text(now);
    showChat(now);
    board.show(now);
    captions.show(now);
  }
  const words = clock.plays ? play.dataset["pause"] : play.dataset["play"];
  if (play.textContent !== words) {
    play.textContent = words ?? "";
  }
}

/** @param {number} ms */
function go(ms) {
  clock.seek(ms);
  shown = -Infinity;
  render();
}

function toggle() {
  if (!clock.plays && clock.now >= lasts) {
    clock.seek(0);
  }
  clock.plays = !clock.plays;
  render();
}

play.addEventListener("click", toggle);
seek.addEventListener("input", () => go(Number(seek.value)));
speed.addEventListener("change", () => {
  clock.speed = Number(speed.value);
});
for (const button of /** @type {NodeListOf<HTMLElement>} */ (player.querySelectorAll("[data-skip]"))) {
  button.addEventListener("click", () => go(clock.now + Number(button.dataset["skip"]) * 1_000));
}
player.querySelector("[data-action=captions]")?.addEventListener("change", (event) => {
  captions.on = event.target instanceof HTMLInputElement && event.target.checked;
  captions.show(clock.now);
});
// The keys of video players; letters only, so that none is taken from the page or from a screen reader's user in a field.
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, select, textarea, summary, a, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const acts = { k: toggle, j: () => go(clock.now - SKIP_MS), l: () => go(clock.now + SKIP_MS) };
  const act = acts[/** @type {keyof typeof acts} */ (event.key)];
  if (act) {
    event.preventDefault();
    act();
  }
});

find(".player-lasts", HTMLElement).textContent = text(lasts);
player.hidden = lasts === 0;
document.body.toggleAttribute("data-plays", lasts > 0);
const logs = /** @type {NodeListOf<HTMLDataElement>} */ (document.querySelectorAll("data.board-log"));
await Promise.allSettled([board.load([...logs].map((log) => log.value)), captions.load()]);
const frame = () => {
  render();
  requestAnimationFrame(frame);
};
frame();
