// @ts-check

// Keeps the waiting page up to date without loading it anew. Everything works without it: the page refreshes itself.

/** @typedef {{room: string, at: number, open: boolean, opens?: number, waiting: number, turn: number, entered: number, per_minute?: number,
 *   slowing?: boolean, ahead: [number, number][], reason?: string, level: number, note?: string, drawn?: number,
 *   seed?: string}} Figures */

const HIDDEN_MS_MAX = 30 * 60_000;
const SPOKEN_MS = 30_000;
const line = document.getElementById("line");
const lang = document.documentElement.lang;
const numbers = new Intl.NumberFormat(lang);
/** @type {Record<string, string>} */
const texts = {};
const source = document.getElementById("texts");
if (source instanceof HTMLTemplateElement) {
  for (const text of source.content.querySelectorAll("i")) {
    texts[text.dataset.key ?? ""] = text.textContent ?? "";
  }
}

let order = numberOf(line?.dataset.order);
const serial = order ?? numberOf(line?.dataset.serial);
let promised = numberOf(line?.dataset.promised);
let failures = 0;
let spokenAt = 0;
let hiddenSince = document.hidden ? Date.now() : 0;
/** @type {number | undefined} */
let timer;

/** @param {string | undefined} text */
function numberOf(text) {
  return text === undefined ? undefined : Number(text);
}

/**
 * @param {string} id
 * @param {string} text shown as text, never as markup
 */
function show(id, text) {
  const element = document.getElementById(id);
  if (element && element.textContent !== text) {
    element.textContent = text;
  }
}

/** @param {string} text what goes wrong; empty when nothing does */
function trouble(text) {
  show("trouble", text);
  hide("trouble", text === "");
}

/**
 * @param {string} id
 * @param {boolean} hidden
 */
function hide(id, hidden) {
  document.getElementById(id)?.toggleAttribute("hidden", hidden);
}

/** Loads the page that was asked for; after a form the beginning, as the form's address may be no page. */
function enter() {
  location.replace(line?.dataset.enter ?? location.pathname + location.search);
}

/**
 * @param {number} ms
 * @param {() => void} [then]
 */
function later(ms, then = poll) {
  clearTimeout(timer);
  timer = setTimeout(then, ms);
}

async function poll() {
  if (hiddenSince && Date.now() - hiddenSince > HIDDEN_MS_MAX) {
    trouble(texts.stopped);
    return;
  }
  try {
    const answer = await fetch("/_gate/queue.json", { credentials: "omit", signal: AbortSignal.timeout?.(15_000) });
    if (!answer.ok) {
      throw new Error(String(answer.status));
    }
    await update(await answer.json());
    failures = 0;
    trouble("");
  } catch (error) {
    failures += 1;
    trouble(texts.offline);
    // Whoever answers with something else has something else to show; who does not answer has nothing.
    if (failures >= 5 && error instanceof Error && /^\d+$/.test(error.message)) {
      enter();
    }
    later(Math.min(60_000, 4_000 * 2 ** failures) * (0.75 + Math.random() / 2));
  }
}

/** @param {Figures} figures */
async function update(figures) {
  if (figures.room !== line?.dataset.room || (line.dataset.open === "true" && !figures.open)) {
    return later(Math.random() * 10_000, enter);
  }
  if (figures.reason && texts[figures.reason]) {
    show("reason", texts[figures.reason]);
  }
  if (figures.open && figures.reason !== "not_yet_open") {
    show("heading", figures.reason === "closed" ? texts.shut : texts.line);
  }
  show("note", figures.note ?? "");
  hide("aside", !figures.note);
  hide("lightened", figures.level === 0);
  if (figures.entered > 1) {
    show("entered", texts.entered.replace("%count%", numbers.format(figures.entered)));
  }
  if (!figures.open) {
    return later(untilOpening(figures));
  }
  order ??= await drawn(figures);
  if (order === undefined) {
    return later(Math.random() * 20_000, enter);
  }
  if (figures.turn > order) {
    return later(Math.random() * 1_000, enter);
  }
  const ahead = aheadOf(order, figures);
  const aboutMs = figures.per_minute ? ((ahead + 1) / figures.per_minute) * 60_000 : undefined;
  tell(order, ahead, aboutMs, figures);
  const wanted = Math.min(2_000 + ahead * 100, aboutMs === undefined ? Infinity : aboutMs / 4);
  later(Math.min(50_000, Math.max(2_500, wanted)) * (0.8 + Math.random() * 0.4));
}

/**
 * When to ask for the last time before the doors open, or the first time after.
 * @param {Figures} figures
 */
function untilOpening({ at, opens, waiting }) {
  const until = Math.max(0, (opens ?? Infinity) - at);
  const longest = Math.min(60_000, until);
  return until > 30_000
    ? longest * (2 / 3 + Math.random() / 3)
    : Math.max(2_000, until) + Math.random() * Math.min(30_000, 2_000 + waiting);
}

/**
 * People before `order`, on the straight line between the two nearest points.
 * @param {number} order
 * @param {Figures} figures
 */
function aheadOf(order, figures) {
  let [at, ahead] = [figures.turn, 0];
  for (const [nextAt, nextAhead] of figures.ahead) {
    if (nextAt >= order) {
      const share = nextAt > at ? (order - at) / (nextAt - at) : 0;
      return Math.round(ahead + (nextAhead - ahead) * Math.min(1, Math.max(0, share)));
    }
    [at, ahead] = [nextAt, nextAhead];
  }
  return ahead;
}

/**
 * @param {number} order
 * @param {number} ahead
 * @param {number | undefined} aboutMs
 * @param {Figures} figures
 */
function tell(order, ahead, aboutMs, figures) {
  const words = ahead ? (ahead === 1 ? texts.one : texts.other) : aboutMs ? texts.next : texts.line;
  let entry = texts.unknown;
  let longer = false;
  if (aboutMs !== undefined) {
    const now = Date.now();
    longer = now + aboutMs > (promised ?? Infinity) || figures.slowing === true;
    promised = now + aboutMs * 1.5 + 30_000;
    entry = aboutMs < 60_000 ? texts.soon : texts.entry.replace("%about%", clock(now + aboutMs)).replace("%at_most%", clock(promised));
  }
  const count = ahead === 0 ? "" : numbers.format(ahead);
  hide("drawn", false);
  show("ahead", count);
  show("words", words);
  show("entry", entry);
  show("turn", numbers.format(figures.turn));
  hide("longer", !longer);
  const bar = document.getElementById("bar");
  if (bar instanceof HTMLProgressElement) {
    bar.max = order + 1;
    bar.value = figures.turn;
  }
  document.title = `${count} ${words} · ${document.title.split(" · ").pop()}`.trim();
  if (Date.now() - spokenAt > SPOKEN_MS) {
    spokenAt = Date.now();
    show("spoken", `${count} ${words}, ${entry}`);
  }
}

/** @param {number} ms the next whole minute is said */
function clock(ms) {
  const options = /** @type {const} */ ({ hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: line?.dataset.zone });
  const parts = new Intl.DateTimeFormat(lang, options).formatToParts((Math.floor(ms / 60_000) + 1) * 60_000);
  const part = (/** @type {string} */ type) => parts.find((one) => one.type === type)?.value ?? "";
  return Number(part("hour")) + (lang === "fr" ? "\u00a0h\u00a0" : ":") + part("minute");
}

/**
 * The place of this ticket in the draw, computed from what is published (docs/protocol/waiting.md).
 * @param {Figures} figures
 */
async function drawn({ drawn: n = 0, seed }) {
  if (serial === undefined || serial >= n) {
    return serial;
  }
  if (!seed || !globalThis.crypto?.subtle) {
    return undefined;
  }
  const bytes = (seed.match(/../g) ?? []).map((hex) => parseInt(hex, 16));
  const message = new Uint8Array([...new TextEncoder().encode("preau draw 1"), ...bytes]);
  const keys = new DataView(await crypto.subtle.digest("SHA-256", message));
  const side = Math.ceil(Math.sqrt(n));
  let at = serial;
  do {
    let [left, right] = [Math.floor(at / side), at % side];
    for (let round = 0; round < 8; round += 1) {
      const mixed = mix(right ^ keys.getUint32(round * 4));
      [left, right] = [right, (left + Math.floor((mixed * side) / 2 ** 32)) % side];
    }
    at = left * side + right;
  } while (at >= n);
  return at;
}

/** @param {number} x 32 bits */
function mix(x) {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

// A ticket counts once the page has been loaded with it; until then the page refreshes itself.
if (line && serial !== undefined) {
  const begin = () => {
    // Ends the page's own refresh: from here on the script asks.
    window.stop();
    later(Number(line.dataset.again) * 1_000);
  };
  if (document.readyState === "complete") {
    begin();
  } else {
    addEventListener("load", begin);
  }
  document.addEventListener("visibilitychange", () => {
    const paused = hiddenSince && Date.now() - hiddenSince > HIDDEN_MS_MAX;
    hiddenSince = document.hidden ? Date.now() : 0;
    if (paused && !document.hidden) {
      later(0);
    }
  });
}
