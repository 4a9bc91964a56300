// @ts-check
// How voices come to a browser, by its own counters.

import { pause } from "./wait.mjs";

/** @import { Classroom } from "./classroom.mjs" */

/** Packets of voices that came, and those that are missing. @param {Classroom} classroom */
export function voices(classroom) {
  return classroom.page.evaluate(async () => {
    const found = { packets: 0, lost: 0, frames: 0, concealed: 0, samples: 0 };
    for (const report of (await /** @type {any} */ (globalThis).preauClass.pc.getStats()).values()) {
      if (report.type !== "inbound-rtp") continue;
      if (report.kind === "audio") {
        found.packets += report.packetsReceived;
        found.lost += report.packetsLost;
        found.concealed += (report.concealedSamples ?? 0) - (report.silentConcealedSamples ?? 0);
        found.samples += report.totalSamplesReceived ?? 0;
      } else found.frames += report.framesDecoded ?? 0;
    }
    return found;
  });
}

/**
 * How a voice comes within `seconds`: of its packets the share that arrives, of its sound the share that is no invention of the browser's, and what the
 * line carries meanwhile.
 *
 * @param {Classroom} classroom who listens
 * @param {number} seconds
 * @param {import("./narrow.mjs").NarrowLine} line
 */
export async function hears(classroom, seconds, line) {
  const [before, up, down] = [await voices(classroom), line.up.bytes, line.down.bytes];
  await pause(seconds * 1_000);
  const after = await voices(classroom);
  const packets = after.packets - before.packets;
  const share = packets / Math.max(1, packets + Math.max(0, after.lost - before.lost));
  const heard = 1 - (after.concealed - before.concealed) / Math.max(1, after.samples - before.samples);
  const kbps = (/** @type {number} */ bytes) => (bytes * 8) / seconds / 1_000;
  const told = `${(packets / seconds).toFixed(1)} packets of voice a second, ${(share * 100).toFixed(1)} % of those sent, ${(heard * 100).toFixed(1)} % of the sound; `
    + `line: ${kbps(line.down.bytes - down).toFixed(1)} kbit/s down, ${kbps(line.up.bytes - up).toFixed(1)} kbit/s up`;
  console.log(`# ${classroom.person.name} hears ${told}`);
  return { share, heard, frames: Math.max(0, after.frames - before.frames), told };
}
