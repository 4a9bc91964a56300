// @ts-check
// Keeps what is typed in this tab until the server has taken it: a session that ends, a page that is left or a network
// that fails loses nothing. Another tab, or another person in this one, never gets it.

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-keep]"));

/** @typedef {{ version: string, sent: boolean, values: Record<string, string> }} Kept */

/** @param {HTMLFormElement} of */
function key(of) {
  return `preau.kept.${of.dataset.keep}.${new URL(of.action).pathname}`;
}

/** @param {HTMLFormElement} of */
function texts(of) {
  return /** @type {(HTMLTextAreaElement | HTMLInputElement)[]} */ ([
    ...of.querySelectorAll("textarea[name], input[name]:not([type]), input[type=date], input[type=number]"),
  ]);
}

/** @param {HTMLFormElement} of */
function version(of) {
  const field = /** @type {HTMLInputElement | null} */ (of.querySelector("input[name=version]"));
  return field ? field.value : "";
}

/**
 * @param {HTMLFormElement} of
 * @returns {Kept | null}
 */
function recall(of) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key(of)) ?? "null");
    return kept && typeof kept.values === "object" ? kept : null;
  } catch {
    return null;
  }
}

/**
 * @param {HTMLFormElement} of
 * @param {boolean} sent
 */
function keep(of, sent) {
  const values = Object.fromEntries(texts(of).map((field) => [field.name, field.value]));
  try {
    sessionStorage.setItem(key(of), JSON.stringify({ version: version(of), sent, values }));
  } catch {
    // Storage is full or forbidden: the form works as without a script.
  }
}

/** @param {HTMLFormElement} of */
function forget(of) {
  try {
    sessionStorage.removeItem(key(of));
  } catch {
    // Nothing was kept.
  }
}

/**
 * @param {HTMLFormElement} of
 * @param {Kept} kept
 */
function restore(of, kept) {
  const given = texts(of).map((field) => ({ field, value: field.value }));
  const changed = given.filter(({ field, value }) => {
    const typed = kept.values[field.name];
    return typeof typed === "string" && typed !== value;
  });
  const notice = /** @type {HTMLElement | null} */ (of.querySelector("[data-kept]"));
  if (changed.length === 0 || !notice) {
    return;
  }
  for (const { field } of changed) {
    field.value = kept.values[field.name] ?? field.value;
  }
  // Saved from an older version, the server shows both texts and asks.
  const base = /** @type {HTMLInputElement | null} */ (of.querySelector("input[name=version]"));
  const now = base?.value ?? "";
  if (base && kept.version) {
    base.value = kept.version;
  }
  notice.hidden = false;
  notice.querySelector("[data-drop]")?.addEventListener("click", () => {
    for (const { field, value } of given) {
      field.value = value;
    }
    if (base) {
      base.value = now;
    }
    notice.hidden = true;
    forget(of);
  });
}

if (form) {
  const of = form;
  const kept = recall(of);
  if (kept && kept.sent && kept.version !== version(of)) {
    forget(of);
  } else if (kept) {
    restore(of, kept);
  }
  of.addEventListener("input", () => keep(of, false));
  of.addEventListener("submit", () => keep(of, true));
}

export {};
