// @ts-check

/** @typedef {(key: string) => string} Texts */

/**
 * The texts that a page brings for its scripts.
 * @param {HTMLTemplateElement} template
 * @returns {Texts}
 */
export function textsOf(template) {
  /** @type {Map<string, string>} */
  const all = new Map();
  for (const line of template.content.querySelectorAll("[data-key]")) {
    all.set(line.getAttribute("data-key") ?? "", line.textContent ?? "");
  }
  return (key) => all.get(key) ?? key;
}
