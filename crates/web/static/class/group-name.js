// @ts-check

/**
 * How a group is called: one that was dealt by chance has a number for its name.
 * @param {import("./texts.js").Texts} texts
 * @param {import("./types.js").Group | undefined} group
 */
export function groupName(texts, group) {
  const name = group?.name ?? "";
  return /^\d+$/.test(name) ? texts.get("class-group-number", { number: name }) : name;
}
