// @ts-check
// Walks through all pages that somebody can reach by links.

/** @import { Page } from "playwright-core" */

/** Pages that one walk looks at; above, something makes pages without end. */
const PAGES_MAX = 80;

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/**
 * The kind of page that a path leads to: with `{id}` for ids and `{n}` for days and numbers, and the names of what is asked.
 *
 * @param {URL} url
 */
export function kindOf(url) {
  const path = url.pathname.replace(ID, "{id}").replace(/\d[\d-]*/g, "{n}");
  const asked = [...url.searchParams.keys()].sort().join("&");
  return asked ? `${path}?${asked}` : path;
}

/**
 * Looks at one page of each kind that can be reached from where `page` is by links of this site.
 *
 * @param {Page} page
 * @param {(kind: string, status: number) => Promise<void>} look
 * @returns {Promise<string[]>} the kinds of pages, in the order of finding
 */
export async function crawl(page, look) {
  const site = new URL(page.url()).origin;
  /** @type {Set<string>} */
  const seen = new Set();
  const next = [new URL(page.url())];
  for (let url = next.shift(); url; url = next.shift()) {
    const kind = kindOf(url);
    if (seen.has(kind)) continue;
    seen.add(kind);
    if (seen.size > PAGES_MAX) throw new Error(`more than ${PAGES_MAX} kinds of pages: ${[...seen].join(" ")}`);
    const answer = await page.goto(url.href);
    await look(kind, answer?.status() ?? 0);
    const links = await page.locator("a[href]").evaluateAll((links) =>
      links.filter((link) => !link.hasAttribute("download")).map((link) => /** @type {HTMLAnchorElement} */ (link).href),
    );
    for (const link of links) {
      const found = new URL(link);
      found.hash = "";
      if (found.origin === site) next.push(found);
    }
  }
  return [...seen];
}
