// @ts-check
// What this device keeps of a person. Names begin with `preau-draft:` and the person's id, so that signing out can wipe
// them. A browser that keeps nothing (private windows, a full disk) is no failure.

/** @param {string} name */
export function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string} text
 */
export function keep(name, text) {
  try {
    localStorage.setItem(name, text);
  } catch {
    // The server is asked all the same.
  }
}

/** @param {string} name */
export function forget(name) {
  try {
    localStorage.removeItem(name);
  } catch {
    // Nothing was kept.
  }
}
