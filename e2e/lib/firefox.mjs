// @ts-check
// Firefox as Debian has it, with a camera and a microphone of its own making: a picture that changes its colours, and a tone.

import { existsSync } from "node:fs";
// Later versions ask WebDriver BiDi for what the Firefox with long support, which schools have, does not know yet.
import bidi from "playwright-core-bidi";

/** @import { Browser } from "playwright-core" */

const FIREFOX = ["/usr/bin/firefox-esr", "/usr/bin/firefox"];

const PREFERENCES = {
  // The server is on this machine, and a machine may have no other address.
  "media.peerconnection.ice.loopback": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
  "intl.accept_languages": "fr-FR,fr",
  "intl.locale.requested": "fr",
  // Nothing is asked of anybody but the server under test.
  "media.gmp-manager.updateEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
};

/**
 * What a test asks of a page goes through `eval` in Firefox, which the pages' policy forbids; all else of it stays.
 *
 * @param {Buffer} chunk of what the server says
 */
export function allowEval(chunk) {
  const text = chunk.toString("latin1");
  return text.includes("script-src 'self'") ? Buffer.from(text.replaceAll("script-src 'self'", "script-src 'self' 'unsafe-eval'"), "latin1") : chunk;
}

/**
 * @param {{ headless: boolean, hasDevices: boolean }} options
 * @returns {Promise<Browser>}
 */
export async function launchFirefox({ headless, hasDevices }) {
  const executablePath = FIREFOX.find((path) => existsSync(path));
  if (!executablePath) throw new Error("there is no Firefox; on Debian, as root: apt-get install firefox-esr");
  const devices = { "media.navigator.streams.fake": hasDevices, "media.navigator.permission.disabled": hasDevices };
  const { _bidiFirefox: firefox } = /** @type {any} */ (bidi);
  return firefox.launch({ executablePath, headless, firefoxUserPrefs: { ...PREFERENCES, ...devices } });
}
