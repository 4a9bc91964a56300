// @ts-check
// What a page judges of its line by rules alone: when pictures go, when voices are small, when a connection is given up.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Pulse } from "../../crates/web/static/class/pulse.js";
import { Saver } from "../../crates/web/static/class/saver.js";
import { Thinness } from "../../crates/web/static/class/thinness.js";

describe("pictures are given up for the voices", () => {
  it("go after 6 s, come back after 30 s, and are tried ever more rarely", () => {
    const saver = new Saver(false);
    let now = 0;
    /** @param {boolean} weak @param {number} seconds */
    const seconds = (weak, seconds) => {
      for (let i = 0; i < seconds; i++) if (saver.sample(weak, (now += 1_000))) return i + 1;
      return 0;
    };
    seconds(false, 100);
    assert.equal(seconds(true, 60), 7);
    assert.equal(saver.cause, "line");
    assert.equal(seconds(true, 60), 0);
    assert.equal(seconds(false, 60), 31);
    assert.equal(saver.mode, "full");
    assert.equal(seconds(true, 60), 7, "weak again at once: the try has failed");
    assert.equal(seconds(false, 120), 61, "the next try comes later");
    seconds(false, 100);
    saver.ask("full", now);
    assert.equal(seconds(true, 59), 0, "who asks for pictures keeps them for a minute");
    saver.ask("voice", now);
    assert.equal(seconds(false, 3_600), 0, "who asks for voices is asked nothing");
  });

  it("go at once where not even voices get through, and come back later", () => {
    const saver = new Saver(false);
    saver.ask("full", 0);
    assert.ok(saver.sample(true, 1_000, true), "although they were asked for");
    assert.equal(saver.cause, "line");
    let now = 1_000;
    while (saver.mode === "voice" && now < 1_000_000) saver.sample(false, (now += 1_000));
    assert.equal(now, 122_000);
  });
});

describe("voices are small where a line carries nothing else", () => {
  it("as long as the page waits to give the pictures back", () => {
    const thin = new Thinness();
    thin.begin(true, 0);
    assert.equal(thin.sample(false, true, 600_000), false);
    assert.ok(thin.isOn);
    thin.begin(false, 600_000);
    assert.equal(thin.isOn, false);
  });

  it("and where somebody wants no pictures, for two minutes after the line was bad", () => {
    const thin = new Thinness();
    thin.begin(false, 0);
    assert.equal(thin.sample(false, false, 1_000), false, "a good line needs none");
    assert.equal(thin.sample(true, false, 2_000), true);
    assert.equal(thin.sample(true, false, 3_000), false, "told once");
    assert.equal(thin.sample(false, false, 122_999), false);
    assert.equal(thin.sample(false, false, 123_000), true);
    assert.equal(thin.isOn, false);
  });
});

/** A connection whose frames a test gives; four looks a second, as the page has them. */
class Watched {
  pulse = new Pulse();
  now = 0;
  isStrained = false;

  constructor() {
    this.pulse.begin(0);
  }

  /** A connection that was welcomed. */
  static in() {
    const watched = new Watched();
    watched.pulse.heard();
    return watched;
  }

  /** Looks until something is to be done. @param {number} [everyMs] @param {number} [msMax] @returns {[string | null, number]} what, and after how long */
  next(everyMs = 250, msMax = 60_000) {
    const begun = this.now;
    while (this.now - begun < msMax) {
      const what = this.pulse.look((this.now += everyMs), this.isStrained);
      if (what) return [what, this.now - begun];
    }
    return [null, msMax];
  }

  /** Everything asked is answered after so long. @param {number} answerMs @param {number} times @returns {number} connections given up */
  answers(answerMs, times) {
    let lost = 0;
    for (let i = 0; i < times; i++) {
      assert.equal(this.next()[0], "ask");
      const [what] = this.next(250, answerMs);
      lost += what === "lost" ? 1 : 0;
      if (what === "lost") this.pulse.begin(this.now);
      this.pulse.heard();
    }
    return lost;
  }
}

describe("a connection that nobody has closed", () => {
  it("is asked when it is quiet, and given up within 4 s", () => {
    const watched = Watched.in();
    assert.deepEqual(watched.next(), ["ask", 2_000]);
    assert.deepEqual(watched.next(), ["lost", 2_000]);
  });

  it("is never asked while frames come", () => {
    const watched = Watched.in();
    for (let i = 0; i < 100; i++) {
      assert.equal(watched.next(250, 1_750)[0], null);
      watched.pulse.heard();
    }
  });

  it("is asked at once after a change of network, and given up within 1.25 s", () => {
    const watched = Watched.in();
    watched.pulse.doubt();
    assert.deepEqual(watched.next(1), ["ask", 1]);
    assert.deepEqual(watched.next(), ["lost", 1_250]);
  });

  it("is waited for where the line carries other things badly, unless the network is known to be another one", () => {
    const watched = Watched.in();
    watched.isStrained = true;
    assert.equal(watched.next()[0], "ask");
    assert.deepEqual(watched.next(), ["lost", 15_000]);
    watched.pulse.begin(watched.now);
    watched.pulse.heard();
    watched.next();
    assert.equal(watched.next(250, 5_000)[0], null);
    watched.isStrained = false;
    assert.deepEqual(watched.next(), ["lost", 250], "what was too slow for a good line");
    const other = Watched.in();
    other.isStrained = true;
    other.pulse.doubt();
    other.next(1);
    assert.deepEqual(other.next(), ["lost", 1_250]);
  });

  it("has 25 s for its first frame", () => assert.deepEqual(new Watched().next(), ["lost", 25_000]));

  it("is not given up by a page that was held up or asleep", () => {
    const watched = Watched.in();
    watched.next();
    assert.equal(watched.next(10_000, 30_000)[0], null, "three looks in 30 s");
    watched.pulse.heard();
    assert.equal(watched.next(60_000, 120_000)[0], null, "two looks in two minutes");
  });

  it("is given up twice at the most where a line is slow from the beginning, then the page has learnt it", () => {
    for (const answerMs of [2_500, 5_000]) assert.ok(Watched.in().answers(answerMs, 40) <= 2, `${answerMs} ms`);
  });

  it("is asked soon after a loss, so that the next one is noticed within 4 s again", () => {
    const watched = Watched.in();
    watched.next();
    assert.equal(watched.next()[0], "lost");
    watched.pulse.begin(watched.now);
    watched.pulse.heard();
    assert.deepEqual(watched.next(), ["ask", 500]);
    watched.next(250, 250);
    watched.pulse.heard();
    assert.deepEqual([watched.next(), watched.next()], [["ask", 2_000], ["lost", 2_000]]);
  });

  it("waits longer where answers have varied", () => {
    const watched = Watched.in();
    assert.equal(watched.answers(250, 30), 0);
    const steady = watched.pulse.answerMsMax;
    for (const answerMs of [1_500, 250, 1_750, 250, 1_500, 500]) assert.equal(watched.answers(answerMs, 1), 0);
    assert.ok(watched.pulse.answerMsMax > steady, `${watched.pulse.answerMsMax} ms`);
  });
});
