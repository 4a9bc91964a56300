// @ts-check

/**
 * Leaves only one part of the page: everything beside it and beside its parents is hidden, but what must stay (the
 * banner of a demonstration).
 * @param {HTMLElement} part
 */
export function solo(part) {
  part.hidden = false;
  /** @type {HTMLElement} */
  let kept = part;
  while (kept.parentElement && kept !== document.body) {
    for (const sibling of kept.parentElement.children) {
      if (sibling !== kept && sibling instanceof HTMLElement && !sibling.matches("script, .demo")) {
        sibling.hidden = true;
      }
    }
    kept = kept.parentElement;
  }
  document.documentElement.classList.add("in-class");
}
