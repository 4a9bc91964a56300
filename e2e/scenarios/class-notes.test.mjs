// @ts-check
// The shared notes of the class's page against the server's rule, without a browser: many type at the same time, by chance.

import assert from "node:assert/strict";
import { describe, it } from "node:test";

// By their addresses: the pages' scripts are checked by themselves, for browsers.
const script = (/** @type {string} */ name) => import(new URL(`../../crates/web/static/class/${name}`, import.meta.url).href);
const { NotesText } = await script("notes-text.js");
const { after, apply } = await script("splice.js");

/** @typedef {{at: number, cut: number, put: string}} Splice */

const RUNS = 300;
const STEPS = 120;
const WRITERS = 3;
const LETTERS = ["a", "b", "é", "😀", "\n", "z"];

/** Numbers by chance, from a seed (Mulberry32). @param {number} seed */
function chance(seed) {
  let state = seed >>> 0;
  return (/** @type {number} */ below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** The server's side, as docs/protocol/class-tools.md tells it. */
class Server {
  /** @type {string[]} */
  text = [];
  /** @type {Splice[]} */
  made = [];

  /** @param {number} version @param {Splice} splice */
  edit(version, splice) {
    const fitted = this.made.slice(version).reduce((late, earlier) => after(late, earlier), splice);
    assert.ok(fitted.at + fitted.cut <= this.text.length, "a splice that fits its version fits the text");
    this.text = apply(this.text, fitted);
    this.made.push(fitted);
    return { version: this.made.length, splice: fitted };
  }
}

/** One who writes, and what is on its way to and from the server. */
class Writer {
  notes = new NotesText();
  /** @type {{version: number, splice: Splice, own: boolean}[]} */
  inbox = [];
  /** @type {{version: number, splice: Splice} | null} */
  outbox = null;
  caret = 0;
}

/**
 * Some change as people make them: a letter, a word, a deletion, now and then all.
 *
 * @param {string} text
 * @param {(below: number) => number} pick
 */
function typed(text, pick) {
  const characters = [...text];
  const at = pick(characters.length + 1);
  const cut = pick(3) === 0 ? pick(Math.min(4, characters.length - at) + 1) : 0;
  const put = pick(4) === 0 ? [] : Array.from({ length: 1 + pick(3) }, () => LETTERS[pick(LETTERS.length)] ?? "");
  if (pick(60) === 0) return "";
  return [...characters.slice(0, at), ...put, ...characters.slice(at + cut)].join("");
}

/** @param {number} seed */
function play(seed) {
  const pick = chance(seed);
  const server = new Server();
  const writers = Array.from({ length: WRITERS }, () => new Writer());
  const send = (/** @type {Writer} */ writer) => {
    writer.outbox ??= writer.notes.send();
  };
  const arrive = (/** @type {Writer} */ writer) => {
    if (!writer.outbox) return;
    const told = server.edit(writer.outbox.version, writer.outbox.splice);
    writer.outbox = null;
    for (const one of writers) one.inbox.push({ ...told, own: one === writer });
  };
  const hear = (/** @type {Writer} */ writer) => {
    const message = writer.inbox.shift();
    if (!message) return;
    writer.caret = writer.notes.edited(message.version, message.splice, message.own)(writer.caret);
    assert.ok(writer.caret >= 0 && writer.caret <= [...writer.notes.text].length, `caret at ${writer.caret}`);
  };
  for (let step = 0; step < STEPS; step++) {
    const writer = writers[pick(WRITERS)] ?? assert.fail();
    const act = pick(4);
    if (act === 0) {
      writer.notes.type(typed(writer.notes.text, pick));
      writer.caret = pick([...writer.notes.text].length + 1);
    } else if (act === 1) send(writer);
    else if (act === 2) arrive(writer);
    else hear(writer);
  }
  // The line is quiet again: everything arrives.
  for (let round = 0; round < STEPS && writers.some((one) => !one.notes.isSettled || one.inbox.length > 0 || one.outbox); round++) {
    for (const writer of writers) {
      send(writer);
      arrive(writer);
    }
    for (const writer of writers) while (writer.inbox.length > 0) hear(writer);
  }
  for (const { notes } of writers) {
    assert.ok(notes.isSettled);
    assert.equal(notes.text, server.text.join(""));
  }
}

describe("the shared notes", () => {
  it("are the same for all in the end, whatever order things come in", () => {
    const first = Number(process.env.PREAU_SEED ?? Date.now() % 1_000_000);
    for (let run = 0; run < RUNS; run++) {
      try {
        play(first + run);
      } catch (error) {
        throw new Error(`PREAU_SEED=${first + run}: ${error instanceof Error ? error.message : error}`);
      }
    }
  });

  it("leave the caret at its letter when somebody writes before it, and where it is when behind", () => {
    const notes = new NotesText();
    notes.renewed({ version: 1, text: "Le Nil" });
    assert.equal(notes.edited(2, { at: 0, cut: 0, put: "→ " }, false)(3), 5);
    assert.equal(notes.text, "→ Le Nil");
    assert.equal(notes.edited(3, { at: 8, cut: 0, put: " bleu" }, false)(5), 5);
    notes.type("→ Le grand Nil bleu");
    assert.equal(notes.edited(4, { at: 0, cut: 2, put: "" }, false)(11), 9);
    assert.equal(notes.text, "Le grand Nil bleu", "what was typed and not sent yet stays in its place");
  });

  it("keep what was typed without a connection, and don't write it twice", () => {
    const lost = new NotesText();
    lost.renewed({ version: 1, text: "Crue" });
    lost.type("Crue du Nil");
    assert.ok(lost.send());
    // The line broke before the answer: the splice had arrived, or it had not.
    lost.renewed({ version: 2, text: "Crue du Nil" });
    lost.unsend();
    assert.equal(lost.text, "Crue du Nil");
    assert.ok(lost.isSettled);
    const late = new NotesText();
    late.renewed({ version: 1, text: "Crue" });
    late.type("Crue du Nil");
    assert.ok(late.send());
    late.renewed({ version: 2, text: "La Crue" });
    late.unsend();
    assert.equal(late.text, "La Crue du Nil");
    assert.deepEqual(late.send()?.splice, { at: 7, cut: 0, put: " du Nil" });
  });

  it("send a long text in pieces", () => {
    const notes = new NotesText();
    const text = "x".repeat(10_000);
    notes.type(text);
    let version = 0;
    let sent = "";
    for (let edit = notes.send(); edit; edit = notes.send()) {
      assert.ok([...edit.splice.put].length <= 4_096);
      sent += edit.splice.put;
      version += 1;
      notes.edited(version, edit.splice, true);
    }
    assert.equal(sent, text);
    assert.equal(version, 3);
  });
});
