// @ts-check
// The server under test: the binary that PREAU_BIN names, on free ports of the loopback interface.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./ports.mjs";
import { until } from "./wait.mjs";

/** @import { ChildProcess } from "node:child_process" */

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** How long the server may take from its start to its first answer: on a busy machine it makes accounts, whose passwords are costly. */
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 20_000;

/** The program under test. */
export const PREAU = process.env.PREAU_BIN || join(process.env.CARGO_TARGET_DIR || join(ROOT, "target"), "debug", "preau");

/** A running server; it can be ended and started again on the same ports and data. */
export class Server {
  /**
   * @param {string[]} args
   * @param {number} port
   * @param {Record<string, string>} env
   */
  constructor(args, port, env) {
    this.args = args;
    this.url = `http://127.0.0.1:${port}`;
    this.env = env;
    /** Health and metrics, where there are any. */
    this.admin = `http://${env.PREAU_ADMIN__LISTEN}`;
    /** Everything that the server has printed. */
    this.said = "";
    /** @type {ChildProcess | undefined} */
    this.process = undefined;
  }

  /** Starts the program and waits for its first answer. */
  async start() {
    const child = spawn(PREAU, this.args, { env: { ...process.env, ...this.env }, stdio: ["ignore", "pipe", "pipe"] });
    this.process = child;
    const keep = (/** @type {Buffer} */ chunk) => {
      this.said += chunk.toString();
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    await new Promise((done, failed) => {
      child.once("spawn", done);
      child.once("error", (error) => failed(new Error(`${PREAU} does not start: ${error.message}`)));
    });
    await until(
      "the server's first answer",
      async () => {
        if (child.exitCode !== null) return "ended";
        return (await fetch(this.url, { redirect: "manual" })).status < 500;
      },
      START_MS_MAX,
    ).catch((error) => {
      throw new Error(`${error.message}\n${this.said}`);
    });
    if (child.exitCode !== null) throw new Error(`the server ended by itself with ${child.exitCode}\n${this.said}`);
  }

  /**
   * Ends the program: with SIGTERM as an operator does, or with SIGKILL as bad luck does.
   *
   * @param {"SIGTERM" | "SIGKILL"} [signal]
   */
  async stop(signal = "SIGTERM") {
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    const late = setTimeout(() => {
      this.said += `\n(the server had not ended ${STOP_MS_MAX} ms after ${signal})\n`;
      child.kill("SIGKILL");
    }, STOP_MS_MAX);
    await ended;
    clearTimeout(late);
  }
}

/** What every server gets: ports of its own. */
async function environment() {
  const media = await freePort();
  const admin = await freePort();
  return { PREAU_MEDIA__UDP_PORT: `${media}`, PREAU_ADMIN__LISTEN: `127.0.0.1:${admin}` };
}

/**
 * Starts a demonstration school.
 *
 * @param {string} folder for its data
 * @param {string} password of all its accounts
 */
export async function startDemo(folder, password) {
  const port = await freePort();
  const media = await freePort();
  const args = ["demo", "--port", `${port}`, "--media-port", `${media}`, "--data", folder];
  const server = new Server([...args, "--password", password], port, await environment());
  await server.start();
  // Started again, it keeps the accounts as they are: a new password would sign everybody out.
  server.args = args;
  return server;
}

/**
 * Starts a school's server on a data folder.
 *
 * @param {string} folder
 * @param {Record<string, string>} [settings] of the configuration, as the environment has them
 */
export async function startServe(folder, settings = {}) {
  const port = await freePort();
  const env = { ...(await environment()), ...settings, PREAU_SERVER__LISTEN: `127.0.0.1:${port}` };
  const server = new Server(["serve", "--data", folder], port, env);
  await server.start();
  return server;
}

/**
 * Runs a command of the program to its end.
 *
 * @param {string[]} args
 * @returns {{ status: number | null, stdout: string, stderr: string }}
 */
export function run(...args) {
  const { status, stdout, stderr, error } = spawnSync(PREAU, args, { encoding: "utf8" });
  if (error) throw error;
  return { status, stdout, stderr };
}
