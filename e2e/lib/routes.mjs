// @ts-check
// The server's own table of routes, and which of them somebody has seen.

import assert from "node:assert/strict";
import { run } from "./server.mjs";

/**
 * Answers that are no pages: files, feeds, data for scripts, and parts of pages.
 */
const NO_PAGES = new Set([
  "/static/{version}/{*name}",
  "/favicon.ico",
  "/api/day",
  "/offline/token",
  "/worker.js",
  "/admin/gate/live",
  "/calendars/{secret}/preau.ics",
  "/schools/{id}/attendance.csv",
  "/lessons/{id}/log/files/{file}",
  "/lessons/{id}/documents/{file}",
  "/lessons/{id}/documents/{file}/{page}",
  "/lessons/{id}/recordings/{n}/documents/{file}/{page}",
  "/guest/documents/{file}/{page}",
  "/lessons/{id}/recordings/{n}/tracks/{file}",
  "/log/archives/{id}",
  "/log/archives/{id}/files",
  "/homework/{id}/archive",
  "/homework/{id}/files/{file}",
  "/homework/{id}/drafts/{file}",
  "/homework/{id}/pupils/{person}/files/{file}",
  "/receipts/{id}/files/{file}",
  "/reports/{id}/picture",
  "/self-test/down",
]);

/** The pages of the table, and those of them that were visited. */
export class Pages {
  constructor() {
    const { status, stdout, stderr } = run("routes");
    assert.equal(status, 0, stderr);
    const rows = stdout.trim().split("\n").map((row) => row.split("\t"));
    const paths = rows.filter(([method]) => method === "GET").map(([, path]) => path ?? "");
    for (const path of NO_PAGES) assert.ok(paths.includes(path), `${path} is no longer in the table of routes`);
    /** @type {{ path: string, pattern: RegExp, literal: number }[]} */
    this.all = paths.map((path) => {
      const parts = path.split(/(\{[^}]*\})/);
      const pattern = parts.map((part) => (part.startsWith("{") ? "[^/]+" : part.replace(/[.*+?()|[\]\\^$]/g, "\\$&")));
      return { path, pattern: new RegExp(`^${pattern.join("")}$`), literal: parts.filter((part) => !part.startsWith("{")).join("").length };
    });
    /** @type {Set<string>} */
    this.visited = new Set();
  }

  /**
   * Somebody is at this address. Gives the path that it has in the table.
   *
   * @param {string} url
   */
  visit(url) {
    const { pathname } = new URL(url);
    const [route] = this.all.filter(({ pattern }) => pattern.test(pathname)).sort((one, other) => other.literal - one.literal);
    assert.ok(route, `${pathname} is in the table of routes`);
    this.visited.add(route.path);
    return route.path;
  }

  /** Pages that nobody has visited. */
  missing() {
    return this.all.map(({ path }) => path).filter((path) => !NO_PAGES.has(path) && !this.visited.has(path));
  }
}
