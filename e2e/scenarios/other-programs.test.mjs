// @ts-check
// What other programs read of ours: the timetable's address, by a calendar library that knows nothing of Préau, against
// what the pages show.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import ICAL from "ical.js";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";

const PASSWORD = "trois-bancs-sous-le-preau";
const ZONE = "Europe/Paris";
const DAY_MS = 86_400_000;
/** Weeks that lie wholly in what the address gives, counted from this one. */
const WEEKS = { from: -3, to: 26 };
/** Fewer would say nothing; in the summer there are not many more. */
const LESSONS_MIN = 30;
/** A calendar as it is written over both clock changes of a school year; its titles are the instants. */
const CHANGES = new URL(
  "../../crates/directory/src/ical/snapshots/preau_directory__ical__tests__a_calendar_goes_over_both_clock_changes.snap",
  import.meta.url,
);

/**
 * A lesson as it is read: its instant, its local time and what it is about.
 *
 * @typedef {{ at: string, clock: string, subject: string }} Read
 */

/** Somebody with a cookie jar and no browser. */
class Reader {
  /** @param {string} url */
  constructor(url) {
    this.url = url;
    /** @type {Map<string, string>} */
    this.cookies = new Map();
  }

  /**
   * @param {string} path
   * @param {Record<string, string>} [form]
   * @returns {Promise<string>}
   */
  async ask(path, form) {
    const token = form && (await this.token());
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(this.url + path, {
      method: form ? "POST" : "GET",
      headers: { cookie, "accept-language": "fr" },
      body: form ? new URLSearchParams({ csrf: token ?? "", ...form }) : undefined,
      redirect: "manual",
    });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const [name = "", value = ""] = pair.split("=");
      this.cookies.set(name, value);
    }
    assert.ok(answer.status < 400, `${path}: ${answer.status}`);
    return answer.text();
  }

  /** @returns {Promise<string | undefined>} */
  async token() {
    return /name="csrf" value="([^"]+)"/.exec(await this.ask("/accessibility"))?.[1];
  }
}

/**
 * What the calendar library makes of the file.
 *
 * @param {string} text
 * @returns {Read[]}
 */
function readCalendar(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const zones = calendar.getAllSubcomponents("vtimezone").map((zone) => new ICAL.Timezone(zone));
  zones.forEach((zone) => ICAL.TimezoneService.register(zone));
  assert.deepEqual(
    zones.map((zone) => zone.tzid),
    [ZONE],
  );
  return calendar.getAllSubcomponents("vevent").map((component) => {
    const { startDate: start, endDate: end, summary } = new ICAL.Event(component);
    assert.equal(start.zone.tzid, ZONE, "it is no floating time");
    assert.ok(end.compare(start) > 0, `${summary} ends before it begins`);
    return { at: start.toJSDate().toISOString(), clock: clock(start.hour, start.minute), subject: summary };
  });
}

/**
 * @param {number} hour
 * @param {number} minute
 */
function clock(hour, minute) {
  return `${hour}:${`${minute}`.padStart(2, "0")}`;
}

/**
 * What a page shows.
 *
 * @param {string} page
 * @returns {Read[]}
 */
function readPage(page) {
  const slots = page.matchAll(/<time datetime="([^"]+)">(\d+)\s?h\s?(\d*)<\/time><span>(?:<[as][^>]*>)*([^<]+)/g);
  return [...slots].map(([, at = "", hour, minute, subject = ""]) => ({
    at: new Date(at).toISOString(),
    clock: clock(Number(hour), Number(minute || 0)),
    subject: subject.replaceAll("&#39;", "'").replaceAll("&#38;", "&"),
  }));
}

/**
 * The local time by a third table of time zones, that of the JavaScript engine.
 *
 * @param {string} at
 */
function engineClock(at) {
  const format = new Intl.DateTimeFormat("en", { timeZone: ZONE, hour: "numeric", minute: "2-digit", hourCycle: "h23" });
  return format.format(new Date(at)).replace(/^0(?=\d:)/, "");
}

describe("what other programs read", () => {
  const scenario = new Scenario("other-programs");
  /** @type {import("../lib/server.mjs").Server} */
  let server;
  before(async () => {
    server = await startDemo(scenario.data("demo"), PASSWORD);
  });
  after(async () => {
    await server?.stop();
    await scenario.end();
  });

  for (const login of ["eleve", "prof"]) {
    it(`the calendar of ${login} has what the pages show`, async () => {
      const reader = new Reader(server.url);
      await reader.ask("/sign-in", { login, password: PASSWORD });
      const made = await reader.ask("/calendars", { of: "", name: "agenda" });
      const address = /\/calendars\/[^"<\s]+\.ics/.exec(made)?.[0];
      assert.ok(address, made);
      const calendar = readCalendar(await new Reader(server.url).ask(address));
      let compared = 0;
      for (let week = WEEKS.from; week <= WEEKS.to; week += 1) {
        const day = new Date(Date.now() + week * 7 * DAY_MS).toISOString().slice(0, 10);
        const shown = readPage(await reader.ask(`/week?view=list&day=${day}`));
        for (const slot of shown) {
          assert.equal(slot.clock, engineClock(slot.at), `${slot.subject} on the page`);
          const found = calendar.filter((event) => event.at === slot.at && event.clock === slot.clock);
          assert.ok(
            found.some((event) => event.subject.includes(slot.subject)),
            `${JSON.stringify(slot)} is not in the calendar: ${JSON.stringify(found)}`,
          );
        }
        const [first, last] = [shown[0], shown.at(-1)];
        const events = calendar.filter((event) => first && last && event.at >= first.at && event.at <= last.at);
        assert.equal(events.length, shown.length, `week of ${day}: the calendar has others than the page`);
        compared += shown.length;
      }
      assert.ok(compared >= LESSONS_MIN, `${compared} lessons only were compared`);
    });
  }

  it("lessons keep their hour over both clock changes", () => {
    const [, , snapshot = ""] = readFileSync(CHANGES, "utf8").split(/^---$/m);
    const events = readCalendar(snapshot.trim().replaceAll("\n", "\r\n"));
    for (const event of events) {
      assert.equal(event.at, new Date(event.subject).toISOString());
      assert.equal(event.clock, engineClock(event.at), event.subject);
    }
    const days = ["2026-10-24", "2026-10-26", "2027-03-27", "2027-03-29"];
    const mornings = days.map((day) => events.find((event) => event.at.startsWith(day) && event.clock === "8:05")?.at.slice(11, 16));
    assert.deepEqual(mornings, ["06:05", "07:05", "07:05", "06:05"]);
  });
});
