// @ts-check
// An ffmpeg that publishes by WHIP: its muxer came with version 8.0. Debian 12 has an older one; the wheel of imageio-ffmpeg on
// PyPI has a newer one in it, which `cargo xtask test` fetches.

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where the wheel's program is put. */
const KEPT = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "preau", "ffmpeg");

/** @returns {string | null} */
export function ffmpegWithWhip() {
  const named = process.env.PREAU_FFMPEG;
  for (const program of [...(named ? [named] : []), "ffmpeg", ...kept()]) {
    const { stdout } = spawnSync(program, ["-hide_banner", "-muxers"], { encoding: "utf8" });
    if (/^\s*E\s+whip\s/m.test(stdout ?? "")) return program;
  }
  return null;
}

/** @returns {string[]} */
function kept() {
  try {
    return readdirSync(KEPT).filter((name) => name.startsWith("ffmpeg-")).map((name) => join(KEPT, name));
  } catch {
    return [];
  }
}
