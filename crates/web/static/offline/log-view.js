// @ts-check
// What the last lessons were about, as it was kept.

import { make } from "../class/dom.js";
import { capital, dayNames } from "./day-view.js";
import { fileLine } from "./work-view.js";

/** @typedef {import("../class/texts.js").Texts} Texts */
/** @typedef {import("./types.js").Entry} Entry */
/** @typedef {import("./kept.js").KeptDay} KeptDay */

/**
 * Entries by day; the one whose page was asked for is open. Nothing where there is none.
 * @param {KeptDay} day
 * @param {Entry[]} entries latest first
 * @param {Texts} texts
 */
export async function logView(day, entries, texts) {
  if (entries.length === 0) {
    return [];
  }
  const names = dayNames(texts, day.zone);
  const section = make("section", { name: "card kept-log" }, [make("h2", { text: texts.get("log-title") })]);
  let last = "";
  for (const entry of entries) {
    const name = names.format(entry.starts_at);
    if (name !== last) {
      section.append(make("h3", { text: capital(name) }));
      last = name;
    }
    section.append(await entryView(day.person, entry, texts));
  }
  return [section];
}

/** @param {string} person @param {Entry} entry @param {Texts} texts */
async function entryView(person, entry, texts) {
  const about = [texts.time(entry.starts_at), entry.who].filter((part) => part !== "").join(" · ");
  const summary = make("summary", {}, [entry.subject, " ", make("span", { name: "soft", text: about })]);
  const files = await Promise.all(entry.files.map((file) => fileLine(person, file, texts)));
  const list = files.length > 0 ? [make("ul", { name: "plain work-files" }, files)] : [];
  const view = make("details", {}, [summary, make("p", { name: "kept-text", text: entry.body }), ...list]);
  view.open = entry.path === location.pathname;
  return view;
}
