// @ts-check
import { make } from "./dom.js";
import { reportButton } from "./report-button.js";

/**
 * A line of the chat as it stands in the list.
 * @param {object} options
 * @param {import("./texts.js").Texts} options.texts
 * @param {import("./types.js").Line} options.line
 * @param {boolean} options.own
 * @param {string} options.tag for whom it is, when not for the class
 * @param {(() => void) | null} options.remove
 */
export function chatLine({ texts, line, own, tag, remove }) {
  const head = make("p", { name: "chat-head" }, [
    make("strong", { text: own ? texts.get("class-you") : line.name }),
    " ",
    make("time", { text: texts.time(line.at), attributes: { datetime: new Date(line.at).toISOString() } }),
  ]);
  if (line.guest) {
    head.append(" ", make("span", { name: "chat-to-tag", text: texts.get("class-guest") }));
  }
  if (tag) {
    head.append(" ", make("span", { name: "chat-to-tag", text: tag }));
  }
  const body = make("p", { name: "chat-body" }, withLinks(line.body));
  const acts = make("div", { name: "chat-acts" });
  if (!own) {
    acts.append(reportButton(texts, { chat: line.chat, person: line.person }, texts.get("class-report-of", { name: line.name })));
  }
  if (remove) {
    const button = make("button", {
      name: "chat-delete", text: texts.get("class-chat-delete"), data: { testid: "chat-delete" },
      attributes: { type: "button", "aria-label": texts.get("class-chat-delete-of", { name: own ? texts.get("class-you") : line.name, time: texts.time(line.at) }) },
    });
    button.addEventListener("click", remove);
    acts.append(button);
  }
  const data = { testid: "chat-line", chat: line.chat, person: line.person, own: String(own), private: String(tag !== "") };
  return make("li", { data }, [head, body, acts]);
}

/**
 * Addresses become links; everything else stays text.
 * @param {string} body
 * @returns {(Node | string)[]}
 */
function withLinks(body) {
  return body.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]»])/).map((part, at) =>
    at % 2 === 0 ? part : make("a", { text: part, attributes: { href: part, target: "_blank", rel: "noopener noreferrer" } }),
  );
}
