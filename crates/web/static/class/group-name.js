// @ts-check
import { make } from "./dom.js";

/** What the server takes. */
const NAME_CHARS_MAX = 100;

/**
 * How a group is called: one that was dealt by chance has a number for its name.
 * @param {import("./texts.js").Texts} texts
 * @param {import("./types.js").Group | undefined} group
 */
export function groupName(texts, group) {
  const name = group?.name ?? "";
  return /^\d+$/.test(name) ? texts.get("class-group-number", { number: name }) : name;
}

/**
 * How a board or a document is called: a group's own board as the group is now.
 * @param {import("./texts.js").Texts} texts
 * @param {import("./room.js").Room} room
 * @param {import("./types.js").Deck} deck
 */
export function deckName(texts, room, deck) {
  const group = deck.kind === "board" ? room.tools.breakouts.groups[deck.place - 1] : undefined;
  return group ? groupName(texts, group) : deck.name;
}

/**
 * A group's name, which leaders may write over.
 * @param {import("./texts.js").Texts} texts
 * @param {import("./types.js").Group} group
 * @param {number} place
 * @param {(name: string) => unknown} rename
 */
export function nameField(texts, group, place, rename) {
  const name = groupName(texts, group);
  const field = make("input", {
    name: "group-name", data: { key: `name-${place}`, testid: "group-name" },
    attributes: { "aria-label": texts.get("class-groups-name", { number: String(place) }), maxlength: String(NAME_CHARS_MAX), autocomplete: "off", value: name },
  });
  field.addEventListener("change", () => {
    const wanted = field.value.trim();
    if (wanted === "" || wanted === name) {
      field.value = name;
    } else {
      void rename(wanted);
    }
  });
  field.addEventListener("keydown", ({ key }) => {
    if (key === "Enter") {
      field.blur();
    }
  });
  return field;
}
