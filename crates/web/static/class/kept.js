// @ts-check
// What the browser remembers between lessons. Some browsers forbid it; then nothing is remembered.

/** @param {string} name */
export function recall(name) {
  try {
    return localStorage.getItem(`preau.class.${name}`);
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
export function remember(name, value) {
  try {
    localStorage.setItem(`preau.class.${name}`, value);
  } catch {
    // The choice holds for this page only.
  }
}
