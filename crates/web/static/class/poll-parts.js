// @ts-check
import { actButton, make } from "./dom.js";

/** @typedef {import("./types.js").Poll} Poll */

/**
 * The options as buttons; what one has chosen is pressed. Pressed again, it is taken back.
 * @param {import("./texts.js").Texts} texts
 * @param {import("./session.js").Session} session
 * @param {Poll} poll
 */
export function pollChoices(texts, session, poll) {
  const vote = (/** @type {number} */ option) => {
    const had = poll.mine.includes(option);
    const options = poll.many
      ? poll.options.map((_, at) => at).filter((at) => (at === option ? !had : poll.mine.includes(at)))
      : had ? [] : [option];
    return session.command({ type: "vote", poll: poll.poll, options });
  };
  const buttons = poll.options.map((text, option) => {
    const button = actButton({ key: `vote-${poll.poll}-${option}`, text, style: "poll-choice", testid: "vote", act: () => vote(option) });
    button.setAttribute("aria-pressed", String(poll.mine.includes(option)));
    return button;
  });
  const words = poll.mine.length > 0 ? "class-poll-voted" : poll.many ? "class-poll-choose-many" : "class-poll-choose";
  return make("div", { name: "poll-choices" }, [...buttons, make("p", { name: "soft", text: texts.get(words) })]);
}

/**
 * How often each option was chosen: a bar, a number, and words for who doesn't see bars.
 * @param {import("./texts.js").Texts} texts
 * @param {Poll} poll
 * @param {number} pupils who could vote
 */
export function pollResults(texts, poll, pupils) {
  const counts = poll.counts ?? [];
  const most = Math.max(1, poll.voted ?? 0);
  const rows = poll.options.map((option, at) => {
    const count = counts[at] ?? 0;
    const bar = make("progress", { attributes: { max: String(most), value: String(count), "aria-hidden": "true" } });
    return make("li", { data: { testid: "poll-result", count: String(count) } }, [make("span", { text: option }), make("strong", { text: String(count) }), bar]);
  });
  const voted = texts.get("class-poll-count", { voted: poll.voted ?? 0, of: Math.max(pupils, poll.voted ?? 0) });
  return make("div", { name: "poll-results" }, [make("ul", {}, rows), make("p", { name: "soft", text: voted, data: { testid: "poll-voted" } })]);
}
