// @ts-check
// One piece of work, as it was kept: what is to be done, its files, and the form.

import { make } from "../class/dom.js";
import { keptFile } from "./day.js";
import { dayName, deadline, stateTag } from "./day-view.js";
import { handInForm } from "./form.js";

/** @typedef {import("../class/texts.js").Texts} Texts */
/** @typedef {import("./types.js").SavedFile} SavedFile */
/** @typedef {import("./types.js").Work} Work */
/** @typedef {import("./kept.js").KeptDay} KeptDay */

/**
 * @param {KeptDay} day
 * @param {Work} work
 * @param {Texts} texts
 */
export async function workView(day, work, texts) {
  const due = make("span", { name: "tag now", text: texts.get("offline-js-due", { day: dayName(texts, work.due_day) }) });
  const by = [work.subject, texts.get("offline-js-author", { name: work.author })].filter((part) => part !== "");
  const head = make("div", {}, [due, make("h1", { text: work.title }), make("p", { name: "soft", text: by.join(" · ") })]);
  const article = make("article", { name: "card stack" }, [head]);
  if (work.body !== "") {
    article.append(make("p", { name: "kept-text", text: work.body }));
  }
  if (work.files.length > 0) {
    const lines = await Promise.all(work.files.map((file) => fileLine(day.person, file, texts)));
    article.append(make("ul", { name: "plain work-files" }, lines));
  }
  const until = deadline(work, texts, day.zone);
  if (until !== "") {
    article.append(make("p", { name: "soft small", text: until }));
  }
  article.append(make("p", {}, [stateTag(work.state, texts)]));
  const online = work.ways.some((way) => way !== "paper");
  const parts = work.may_hand_in && online ? [article, await handInForm(day.person, work, texts)] : [article];
  const back = make("p", {}, [make("a", { text: `← ${texts.get("offline-js-back-to-day")}`, attributes: { href: "/offline" } })]);
  return make("div", { name: "stack" }, [back, ...parts]);
}

/**
 * A kept file is saved from here; a picture is shown as well.
 * @param {string} person
 * @param {SavedFile} file
 * @param {Texts} texts
 */
export async function fileLine(person, file, texts) {
  const blob = await keptFile(person, file.path).catch(() => null);
  const size = make("span", { name: "soft small", text: file.size });
  if (!blob) {
    return make("li", {}, [file.name, " ", size, " ", make("span", { name: "tag", text: texts.get("offline-js-absent") })]);
  }
  const shows = file.inline && blob.type.startsWith("image/");
  // Opened in a tab of its own, it is nothing that a browser would show.
  const path = URL.createObjectURL(shows ? blob : new Blob([blob], { type: "application/octet-stream" }));
  const link = make("a", { text: file.name, attributes: { href: path, download: file.name } });
  const picture = shows ? [make("img", { attributes: { src: path, alt: file.name } })] : [];
  return make("li", {}, [...picture, link, " ", size]);
}
