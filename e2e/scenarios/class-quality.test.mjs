// @ts-check
// How the class's page judges the line out of the browser's counters, without a browser: time and counters are the test's.

import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

// By its address: the pages' scripts are checked by themselves, for browsers.
const { QualityMeter } = await import(
  new URL("../../crates/web/static/class/quality.js", import.meta.url).href
);

/** Voices of a lesson, each second: packets and bytes that come, packets that are lost on the way. */
const VOICES = { came: 50, lost: 0, bytes: 4_000 };

/** The browser's clock and counters, and the meter that looks at them. */
class Lesson {
  now = 0;
  /** @type {string[]} */
  said = [];
  broken = 0;
  isBare = false;
  state = "connected";
  totals = { received: 0, lost: 0, bytes: 0, sent: 0 };
  line = { roundTrip: 0.05, up: 2_000_000, upLoss: 0, busy: "none" };

  /** @param {import("node:test").TestContext} t */
  constructor(t) {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    t.mock.method(performance, "now", () => this.now);
    this.timers = t.mock.timers;
    const pc = () => ({ connectionState: this.state, getStats: async () => this.#stats() });
    this.meter = new QualityMeter({
      pc,
      isBare: () => this.isBare,
      onChange: (/** @type {string} */ quality) => this.said.push(quality),
      onBroken: () => (this.broken += 1),
      onLosses: () => {},
    });
  }

  #stats() {
    const { totals, line } = this;
    return new Map(
      [
        { type: "inbound-rtp", packetsReceived: totals.received, packetsLost: totals.lost, bytesReceived: totals.bytes },
        { type: "remote-inbound-rtp", kind: "audio", fractionLost: line.upLoss, roundTripTime: line.roundTrip },
        { type: "candidate-pair", nominated: true, currentRoundTripTime: line.roundTrip, availableOutgoingBitrate: line.up },
        { type: "outbound-rtp", bytesSent: totals.sent, headerBytesSent: 0, qualityLimitationReason: line.busy },
      ].map((report, at) => [String(at), report]),
    );
  }

  /**
   * Time goes by, in which this comes and goes.
   * @param {Partial<typeof VOICES> & {sent?: number, ms?: number, lateMs?: number}} [with_]
   */
  async look({ came, lost, bytes, sent = 4_000, ms = 1_000, lateMs = 0 } = {}) {
    this.totals.received += came ?? VOICES.came;
    this.totals.lost += lost ?? VOICES.lost;
    this.totals.bytes += bytes ?? VOICES.bytes;
    this.totals.sent += sent;
    this.now += ms + lateMs;
    this.timers.tick(ms);
    // The counters come with a promise, and the next look is planned after it.
    await new Promise((done) => setImmediate(done));
    return this.meter.quality;
  }

  /** @param {number} times @param {Parameters<Lesson["look"]>[0]} [with_] */
  async looks(times, with_) {
    const found = [];
    for (let i = 0; i < times; i++) found.push(await this.look(with_));
    return found;
  }
}

describe("the judgement of the line", () => {
  /** @type {Lesson} */
  let lesson;
  beforeEach((t) => {
    lesson = new Lesson(/** @type {import("node:test").TestContext} */ (t));
  });

  it("is lost until there is a connection, and again at once when there is none", async () => {
    lesson.state = "connecting";
    assert.deepEqual(await lesson.looks(2), ["lost", "lost"]);
    lesson.state = "connected";
    assert.equal(await lesson.look(), "good");
    lesson.state = "failed";
    assert.equal(await lesson.look(), "lost");
    assert.deepEqual(lesson.said, ["good", "lost"]);
  });

  it("changes its word after three looks in a row that agree", async () => {
    await lesson.look();
    const weak = { came: 45, lost: 5 };
    assert.deepEqual(await lesson.looks(2, weak), ["good", "good"]);
    assert.equal(await lesson.look(), "good", "one good look begins the count anew");
    assert.deepEqual(await lesson.looks(3, weak), ["good", "good", "weak"]);
    assert.deepEqual(await lesson.looks(3), ["weak", "weak", "good"]);
    assert.deepEqual(lesson.said, ["good", "weak", "good"]);
    assert.equal(lesson.broken, 0);
  });

  for (const [what, is, expect] of /** @type {[string, (lesson: Lesson) => Parameters<Lesson["look"]>[0], string][]} */ ([
    ["three lost of a hundred are fair no more", () => ({ came: 96, lost: 4 }), "fair"],
    ["few packets say nothing of losses", () => ({ came: 3, lost: 6 }), "good"],
    ["losses on the way up count too", (lesson) => void (lesson.line.upLoss = 0.1), "weak"],
    ["a slow way there and back is fair", (lesson) => void (lesson.line.roundTrip = 0.4), "fair"],
    ["a very slow one is weak", (lesson) => void (lesson.line.roundTrip = 0.7), "weak"],
    ["a way up that is full and narrow is weak", (lesson) => ((lesson.line.up = 40_000), { sent: 5_000 }), "weak"],
    ["a narrow estimate that nothing fills is an old one", (lesson) => ((lesson.line.up = 40_000), { sent: 1_000 }), "good"],
    ["whoever sends little on purpose fills nothing", (lesson) => ((lesson.line.up = 40_000), (lesson.isBare = true), { sent: 5_000 }), "good"],
    ["a page that looks late sees its own delays", (lesson) => ((lesson.line.roundTrip = 0.7), { lateMs: 400 }), "good"],
    ["a machine with too much to do, too", (lesson) => ((lesson.line.roundTrip = 0.7), void (lesson.line.busy = "cpu")), "good"],
    ["losses are losses on any machine", (lesson) => ((lesson.line.busy = "cpu"), { came: 45, lost: 5 }), "weak"],
  ])) {
    it(what, async () => {
      await lesson.look();
      const with_ = is(lesson);
      const found = await lesson.looks(4, with_);
      assert.equal(found.at(-1), expect);
    });
  }

  it("tells once that the voices are lost, after two looks of which the second comes sooner", async () => {
    await lesson.look();
    const broken = { came: 20, lost: 30, bytes: 1_600 };
    await lesson.look(broken);
    assert.deepEqual([lesson.broken, lesson.meter.isBroken], [0, false]);
    await lesson.look({ ...broken, ms: 500 });
    assert.deepEqual([lesson.broken, lesson.meter.isBroken], [1, true]);
    await lesson.looks(3, broken);
    assert.equal(lesson.broken, 1);
    await lesson.look();
    assert.equal(lesson.meter.isBroken, false);
  });

  it("takes no line for broken that carries pictures", async () => {
    await lesson.look();
    await lesson.looks(4, { came: 200, lost: 150, bytes: 40_000 });
    assert.deepEqual([lesson.broken, lesson.meter.quality], [0, "weak"]);
  });

  it("forgets what was broken with the connection", async () => {
    await lesson.look();
    const broken = { came: 20, lost: 30, bytes: 1_600 };
    await lesson.look(broken);
    lesson.state = "disconnected";
    await lesson.look({ ms: 500 });
    lesson.state = "connected";
    await lesson.look({ ...broken, ms: 1_000 });
    assert.equal(lesson.broken, 0, "the next connection may be over another network");
  });
});
