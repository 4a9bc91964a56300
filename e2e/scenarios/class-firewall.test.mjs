// @ts-check
// A network that lets no UDP out: sound and pictures go by TCP to the media's port, and where that is closed too by the relay on the port of the pages, out of TCP
// and out of TLS.

import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { Classroom } from "../lib/classroom.mjs";
import { LIKENESS } from "../lib/devices.mjs";
import { assertColours, assertFlow } from "../lib/flow.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo, startServe } from "../lib/server.mjs";

const PASSWORD = "la-cour-est-grande-42";
/** The straight way is given up after 5 s. */
const SECONDS = 6;

/**
 * How the connection goes that carries the media now.
 *
 * @param {Classroom} classroom
 */
function way({ page }) {
  return page.evaluate(async () => {
    const peer = /** @type {any} */ (globalThis).testPeers.at(-1);
    const reports = [...(await peer.getStats()).values()];
    const transport = reports.find((report) => report.type === "transport");
    const pair = reports.find((report) => report.id === transport?.selectedCandidatePairId);
    const local = reports.find((report) => report.id === pair?.localCandidateId);
    return { type: local?.candidateType, by: local?.relayProtocol ?? local?.protocol };
  });
}

/**
 * @param {string} how the network and the pages are
 * @param {Record<string, string>} settings
 * @param {{ type: "prflx" | "relay", by: "tcp" | "tls" }} wanted the way that is taken
 */
function play(how, settings, wanted) {
  const { type, by } = wanted;
  describe(`behind a firewall, ${how}`, () => {
    const scenario = new Scenario(`class-firewall-${type}-${by}`, { story: true });
    /** @type {import("../lib/server.mjs").Server} */
    let server;
    /** @type {string} */
    let site;
    /** @type {Classroom} */
    let teacher;
    /** @type {Classroom} */
    let max;
    after(() => scenario.end());

    /** @param {string} title @param {() => Promise<void>} part */
    const part = (title, part) => it(title, () => scenario.part(part));

    /** @param {string} name @param {string} login @param {Parameters<Scenario["browser"]>[1]} options */
    async function arrive(name, login, options) {
      const person = await scenario.browser(name, { ...options, trustsAll: by === "tls" });
      await person.signIn(site, login, PASSWORD);
      return new Classroom(person);
    }

    part("a pupil comes in whose network lets no UDP out", async () => {
      const folder = scenario.data("school");
      const demo = scenario.keep(await startDemo(folder, PASSWORD));
      await demo.stop();
      server = scenario.keep(await startServe(folder, settings));
      site = by === "tls" ? server.url.replace("http:", "https:") : server.url;
      teacher = await arrive("teacher", "prof", { likeness: LIKENESS.blue });
      await teacher.join();
      await teacher.reaches("in");
      max = await arrive("max", "eleve", { likeness: LIKENESS.red, onlyTcp: true });
      await max.join();
      await max.reaches("in");
      await max.speaks();
    });

    part("and sees, hears, is seen and heard", async () => {
      await assertColours([teacher, max], ["blue", "red"]);
      await assertFlow([teacher, max], 1, SECONDS);
      assert.deepEqual(await way(max), wanted);
      assert.deepEqual(await way(teacher), { type: "host", by: "udp" }, "who can goes straight");
    });

    part("its operator sees both, and nobody's name", async () => {
      const said = await (await fetch(`${server.admin}/media`)).text();
      const { rooms: [room] } = JSON.parse(said);
      assert.deepEqual(room.peers.map((/** @type {{connected: boolean}} */ peer) => peer.connected), [true, true]);
      assert.ok(room.peers.every((/** @type {{sent_kbps: number}} */ { sent_kbps }) => sent_kbps > 0), said);
      for (const { person } of [teacher, max]) assert.ok(!said.includes(person.name));
    });

    part("no page complained", async () => {
      for (const { person } of [teacher, max]) assert.deepEqual(person.complaints, []);
    });
  });
}

play("with the media's port open for TCP", {}, { type: "prflx", by: "tcp" });
play("with nothing but pages over HTTP", { PREAU_MEDIA__TCP: "off" }, { type: "relay", by: "tcp" });
play("with nothing but pages over TLS", { PREAU_MEDIA__TCP: "off", PREAU_TLS__MODE: "self-signed" }, { type: "relay", by: "tls" });
