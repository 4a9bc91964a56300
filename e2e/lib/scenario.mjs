// @ts-check
// What a scenario has around it: a folder, a server, browsers; pictures and logs when it fails.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openBrowser, openFirefox } from "./people.mjs";

/** @import { Line } from "./line.mjs" */
/** @import { Person } from "./people.mjs" */
/** @import { Server } from "./server.mjs" */

const OUT = join(dirname(fileURLToPath(import.meta.url)), "..", "out");

/** Everything of one scenario, undone by `end`. */
export class Scenario {
  /**
   * @param {string} name for the files of a failure
   * @param {{ story?: boolean }} [how] in a story each part needs the parts before it
   */
  constructor(name, { story = false } = {}) {
    this.name = name;
    this.story = story;
    this.failed = false;
    this.folder = mkdtempSync(join(tmpdir(), "preau-e2e-"));
    /** @type {Person[]} */
    this.people = [];
    /** @type {Server[]} */
    this.servers = [];
    /** @type {Line[]} */
    this.lines = [];
  }

  /**
   * A folder for data of a server, below the scenario's own.
   *
   * @param {string} name
   */
  data(name) {
    const folder = join(this.folder, name);
    mkdirSync(folder, { mode: 0o700, recursive: true });
    return folder;
  }

  /**
   * @param {string} name
   * @param {Omit<Parameters<typeof openBrowser>[1], "folder">} [options]
   */
  async browser(name, options = {}) {
    const person = await openBrowser(name, { folder: this.folder, ...options });
    this.people.push(person);
    return person;
  }

  /**
   * @param {string} name
   * @param {Parameters<typeof openFirefox>[1]} [options]
   */
  async firefox(name, options) {
    const person = await openFirefox(name, options);
    this.people.push(person);
    return person;
  }

  /**
   * @template {Server} S
   * @param {S} server
   * @returns {S}
   */
  keep(server) {
    this.servers.push(server);
    return server;
  }

  /** @param {Line} line */
  keepLine(line) {
    this.lines.push(line);
    return line;
  }

  /**
   * Runs one part of the scenario; when it fails, leaves a picture of every page and the servers' words in `out/`.
   *
   * @param {() => Promise<void>} part
   * @param {{ needed?: boolean }} [how] whether the rest of a story needs what this part does
   */
  async part(part, { needed = true } = {}) {
    if (this.failed) throw new Error("not played: an earlier part of the story failed");
    try {
      await part();
    } catch (error) {
      this.failed ||= this.story && needed;
      await this.leaveTraces().catch((trouble) => console.error(`no traces: ${trouble}`));
      throw error;
    }
  }

  async leaveTraces() {
    mkdirSync(OUT, { recursive: true });
    for (const [number, server] of this.servers.entries()) {
      const media = await fetch(`${server.admin}/media`).then((answer) => answer.text(), () => "");
      writeFileSync(join(OUT, `${this.name}-server-${number}.log`), `${server.said}\n${media}\n`);
    }
    for (const person of this.people.filter((person) => !person.page.isClosed())) {
      const file = join(OUT, `${this.name}-${person.name}`);
      writeFileSync(`${file}.log`, [person.page.url(), ...person.complaints, ""].join("\n"));
      await person.page.screenshot({ path: `${file}.png`, timeout: 5_000 });
    }
  }

  async end() {
    for (const person of this.people) await person.close();
    for (const line of this.lines) await line.stop();
    for (const server of this.servers) await server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
