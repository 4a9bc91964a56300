// @ts-check
import { find, say } from "./dom.js";

/** A pupil picked by chance: everybody sees who. */
export class Pick {
  /** @param {import("./types.js").Context} context */
  constructor({ root, texts, room, session, announcer, notices }) {
    const name = find(root, ".picked-name", HTMLElement);
    const notice = notices.element("picked");
    find(root, "[data-action=pick-again]", HTMLButtonElement).addEventListener("click", () => void session.command({ type: "pick" }));
    session.addEventListener("message", (event) => {
      if (!(event instanceof CustomEvent) || event.detail.type !== "picked") {
        return;
      }
      const { person } = event.detail;
      const self = person === room.you?.person;
      const words = self ? texts.get("class-picked-you") : texts.get("class-picked", { name: room.people.get(person)?.name ?? "" });
      say(name, room.people.get(person)?.name ?? "");
      name.hidden = false;
      say(find(notice, "p", HTMLElement), words);
      notice.hidden = false;
      announcer.say(words);
    });
  }
}
