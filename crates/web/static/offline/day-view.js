// @ts-check
// The kept day: lessons and work, by day.

import { make } from "../class/dom.js";
import { moment } from "./texts.js";

/** @typedef {import("../class/texts.js").Texts} Texts */
/** @typedef {import("./types.js").Child} Child */
/** @typedef {import("./types.js").Lesson} Lesson */
/** @typedef {import("./types.js").Work} Work */
/** @typedef {import("./kept.js").KeptDay} KeptDay */

/** @param {string} text */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @param {Texts} texts @param {string | undefined} zone */
export const dayNames = (texts, zone) =>
  new Intl.DateTimeFormat(texts.language, { weekday: "long", day: "numeric", month: "long", timeZone: zone });

/** `lundi 23 novembre` of an ISO 8601 day. @param {Texts} texts @param {string} day */
export const dayName = (texts, day) => dayNames(texts, "UTC").format(new Date(`${day}T12:00:00Z`));

/**
 * @param {KeptDay} day
 * @param {Lesson[]} lessons
 * @param {Texts} texts
 */
export function lessonsView(day, lessons, texts) {
  const names = dayNames(texts, day.zone);
  /** @type {Map<string, Lesson[]>} */
  const days = new Map([[dayName(texts, day.day), []]]);
  for (const lesson of lessons) {
    const name = names.format(lesson.starts_at);
    days.set(name, [...(days.get(name) ?? []), lesson]);
  }
  const parts = [...days].flatMap(([name, lessons]) => [
    make("h3", { text: capital(name) }),
    lessons.length === 0
      ? make("p", { name: "empty", text: texts.get("offline-js-no-lesson") })
      : make("ol", { name: "plain rows" }, lessons.map((lesson) => lessonLine(lesson, texts))),
  ]);
  return make("section", { name: "card" }, [make("h2", { text: texts.get("offline-js-day") }), ...parts]);
}

/** @param {Lesson} lesson @param {Texts} texts */
function lessonLine(lesson, texts) {
  const subject = make(lesson.cancelled ? "s" : "span", { text: lesson.subject });
  const lines = [[lesson.who, lesson.room], [lesson.place ?? ""], lesson.marks, [lesson.note]];
  const soft = lines.map((parts) => parts.filter((part) => part !== "").join(" · ")).filter((line) => line !== "");
  const what = make("span", {}, [subject, ...soft.flatMap((line) => [make("br"), make("span", { name: "soft", text: line })])]);
  const time = make("time", { text: texts.time(lesson.starts_at), attributes: { datetime: new Date(lesson.starts_at).toISOString() } });
  const tag = lesson.cancelled ? [make("span", { name: "tag cancelled", text: texts.get("lesson-cancelled") })] : [];
  return make("li", { name: lesson.cancelled ? "slot cancelled" : "slot" }, [time, what, ...tag]);
}

const TAGS = /** @type {Record<string, string>} */ ({
  started: "tag now",
  late: "tag now",
  missing: "tag bad",
  "handed-in": "tag good",
  returned: "tag good",
  done: "tag good",
});

/** @param {string} state @param {Texts} texts */
export const stateTag = (state, texts) => make("span", { name: TAGS[state] ?? "tag", text: texts.get(`work-state-${state}`) });

/**
 * @param {KeptDay} day
 * @param {Work[]} works
 * @param {Texts} texts
 */
export function worksView(day, works, texts) {
  const own = works === day.works;
  const lines = works.map((work) => {
    const about = [work.subject, texts.get("offline-js-due", { day: dayName(texts, work.due_day) })].filter((part) => part !== "");
    const link = make("a", { text: work.title, attributes: { href: work.path } });
    const body = own ? [] : [make("p", { name: "kept-text", text: work.body })];
    const words = [own ? link : make("strong", { text: work.title }), make("br"), make("span", { name: "soft", text: about.join(" · ") })];
    return make("li", { name: "work-line" }, [make("div", {}, [...words, ...body]), stateTag(work.state, texts)]);
  });
  const list = lines.length > 0 ? make("ul", { name: "plain rows" }, lines) : make("p", { name: "empty", text: texts.get("offline-js-no-work") });
  return make("section", { name: "card" }, [make("h2", { text: texts.get("offline-js-works") }), list]);
}

/**
 * What a relative sees of one child.
 * @param {KeptDay} day
 * @param {Child} child
 * @param {Texts} texts
 */
export function childView(day, child, texts) {
  const section = make("section", { name: "stack kept-child", attributes: { "aria-label": child.name } }, [make("p", { name: "kept-name", text: child.name })]);
  section.append(lessonsView(day, child.lessons, texts), worksView(day, child.works, texts));
  return section;
}

/**
 * A deadline at midnight is the end of its day.
 * @param {Work} work
 * @param {Texts} texts
 * @param {string} zone
 */
export function deadline(work, texts, zone) {
  if (work.deadline_at === null) {
    return "";
  }
  const day = new Intl.DateTimeFormat("sv", { timeZone: zone }).format(work.deadline_at);
  const when = day === work.due_day ? moment(texts, work.deadline_at, zone) : dayName(texts, work.due_day);
  return texts.get("offline-js-deadline", { when });
}
