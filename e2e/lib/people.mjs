// @ts-check
// Browsers, each with a camera, a microphone and somebody in front of it.

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { makeDevices } from "./devices.mjs";
import { launchFirefox } from "./firefox.mjs";
import { watchPeers } from "./media.mjs";

/** @import { Browser, BrowserContext, Page } from "playwright-core" */
/** @import { Likeness } from "./devices.mjs" */

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Visible browsers, to watch a scenario. */
const SHOW = process.env.PREAU_E2E_SHOW === "1";

/** A phone as pupils and parents have it, in CSS pixels. */
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

/** How long an action on a page may take, on a busy machine. */
const ACTION_MS_MAX = 20_000;

/** A browser of one person, and its one page. */
export class Person {
  /**
   * @param {string} name for messages and pictures
   * @param {Browser} browser
   * @param {BrowserContext} context
   * @param {Page} page
   */
  constructor(name, browser, context, page) {
    this.name = name;
    this.browser = browser;
    this.context = context;
    this.page = page;
    /** @type {string[]} what the page's scripts complained of */
    this.complaints = [];
    page.on("pageerror", (error) => this.complaints.push(`${error}`));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
  }

  /**
   * Signs in with the form, as a person does.
   *
   * @param {string} site
   * @param {string} login
   * @param {string} password
   */
  async signIn(site, login, password) {
    await this.page.goto(site);
    await this.page.getByLabel("Identifiant").fill(login);
    await this.page.getByLabel("Mot de passe", { exact: true }).fill(password);
    await this.page.getByRole("button", { name: "Se connecter" }).click();
  }

  /**
   * The status with which the site answers this person at a path.
   *
   * @param {string} url
   */
  async status(url) {
    return (await this.context.request.get(url, { maxRedirects: 0 })).status();
  }

  async close() {
    await this.browser.close();
  }
}

/**
 * Opens Firefox, for who wants another engine than Chromium's.
 *
 * @param {string} name
 * @param {{ hasDevices?: boolean }} [options] a camera and a microphone, and leave to use them
 * @returns {Promise<Person>}
 */
export async function openFirefox(name, { hasDevices = true } = {}) {
  const browser = await launchFirefox({ headless: !SHOW, hasDevices });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(ACTION_MS_MAX);
  await context.addInitScript(watchPeers);
  return new Person(name, browser, context, await context.newPage());
}

/**
 * Opens a browser. With a likeness it has a camera and a microphone, and grants or refuses them; without, it has none.
 *
 * @param {string} name
 * @param {object} options
 * @param {string} options.folder where the files of devices are
 * @param {Likeness} [options.likeness]
 * @param {boolean} [options.refuses] whether the person refuses camera and microphone
 * @param {string} [options.locale]
 * @param {{ width: number, height: number }} [options.viewport]
 * @param {boolean} [options.phone] a screen to touch, of 390 by 844 pixels
 * @param {boolean} [options.javaScriptEnabled]
 * @param {boolean} [options.onlyTcp] no UDP gets out of this browser, as behind a strict firewall
 * @param {boolean} [options.trustsAll] takes the server's own certificate, as somebody who has looked at it
 * @returns {Promise<Person>}
 */
export async function openBrowser(name, { folder, likeness, refuses = false, locale = "fr-FR", viewport, phone = false, javaScriptEnabled, onlyTcp = false, trustsAll = false }) {
  const args = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // The server is on this machine, and a machine may have no other address.
    "--allow-loopback-in-peer-connection",
    refuses ? "--use-fake-ui-for-media-stream=deny" : "--use-fake-ui-for-media-stream",
  ];
  if (onlyTcp) args.push("--webrtc-ip-handling-policy=disable_non_proxied_udp");
  if (trustsAll) args.push("--ignore-certificate-errors");
  if (likeness) {
    const { video, audio } = makeDevices(folder, likeness);
    args.push("--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${video}`, `--use-file-for-fake-audio-capture=${audio}`);
  }
  const browser = await chromium.launch({
    executablePath: CHROMIUM.find((path) => existsSync(path)) ?? "chromium",
    headless: !SHOW,
    // Chromium's sandbox does not run as root.
    chromiumSandbox: process.getuid?.() !== 0,
    args,
  });
  const screen = phone ? PHONE : { viewport: viewport ?? { width: 1280, height: 800 } };
  const context = await browser.newContext({ locale, timezoneId: "Europe/Paris", ...screen, javaScriptEnabled, ignoreHTTPSErrors: trustsAll });
  context.setDefaultTimeout(ACTION_MS_MAX);
  await context.addInitScript(watchPeers);
  return new Person(name, browser, context, await context.newPage());
}
