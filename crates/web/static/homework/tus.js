// @ts-check
// A resumable upload (docs/protocol/uploads.md): pieces that grow while the line is good, and after a cut the offset that
// the server has.

const PIECE_BYTES_MIN = 128 * 1024;
const PIECE_BYTES_MAX = 4 * 1024 * 1024;
/** A piece that took longer is halved, one that took less than half of it is doubled. */
const PIECE_MS = 8_000;
const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 30_000;

/** What ends an upload for good. */
export class Refused extends Error {
  /** @param {number} status */
  constructor(status) {
    super(`status ${status}`);
    this.status = status;
  }
}

/** @param {string} text */
function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/**
 * Sends a file, however often the line is cut. Gives the id under which the server has it.
 * `path` is where an upload has begun before, and `began` is told of a new one, so that another page can go on with it;
 * `once` gives up with an error where it would wait.
 * @param {Blob} blob
 * @param {string} name
 * @param {{csrf: string, signal: AbortSignal, progress: (sent: number) => void, waiting: (waits: boolean) => void,
 *   path?: string | undefined, began?: (path: string) => Promise<void>, once?: boolean}} with_
 * @returns {Promise<string>}
 */
export async function upload(blob, name, with_) {
  const headers = { "x-csrf": with_.csrf, "tus-resumable": "1.0.0" };
  let path = with_.path ?? "";
  let offset = 0;
  let piece = PIECE_BYTES_MIN * 4;
  let retryMs = RETRY_MS_MIN;
  let asks = path !== "";
  while (path === "" || asks || offset < blob.size) {
    with_.signal.throwIfAborted();
    try {
      if (path === "") {
        const length = { "upload-length": String(blob.size), "upload-metadata": `filename ${base64(name)}` };
        const made = await fetch("/uploads", { method: "POST", headers: { ...headers, ...length }, signal: with_.signal });
        refuse(made);
        path = made.headers.get("location") ?? "";
        offset = 0;
        await with_.began?.(path);
        continue;
      }
      if (asks) {
        const there = await fetch(path, { method: "HEAD", headers, signal: with_.signal });
        if (there.status === 404 || there.status === 410) {
          path = "";
          asks = false;
          continue;
        }
        refuse(there);
        offset = Number(there.headers.get("upload-offset"));
        asks = false;
        continue;
      }
      const began = performance.now();
      const sent = await fetch(path, {
        method: "PATCH",
        headers: { ...headers, "upload-offset": String(offset), "content-type": "application/offset+octet-stream" },
        body: blob.slice(offset, offset + piece),
        signal: with_.signal,
      });
      if (sent.status === 409 || sent.status === 404 || sent.status === 410) {
        asks = true;
        continue;
      }
      refuse(sent);
      offset = Number(sent.headers.get("upload-offset"));
      const took = performance.now() - began;
      piece = took > PIECE_MS ? Math.max(piece / 2, PIECE_BYTES_MIN) : took < PIECE_MS / 2 ? Math.min(piece * 2, PIECE_BYTES_MAX) : piece;
      retryMs = RETRY_MS_MIN;
      with_.waiting(false);
      with_.progress(offset);
    } catch (error) {
      if (error instanceof Refused || with_.signal.aborted || with_.once) {
        throw error;
      }
      with_.waiting(true);
      piece = Math.max(piece / 2, PIECE_BYTES_MIN);
      await online(retryMs);
      retryMs = Math.min(retryMs * 2, RETRY_MS_MAX);
      asks = true;
    }
  }
  return path.slice(path.lastIndexOf("/") + 1);
}

/** @param {Response} answer */
function refuse(answer) {
  if ([400, 401, 403, 412, 413, 415, 507].includes(answer.status)) {
    throw new Refused(answer.status);
  }
  if (!answer.ok) {
    throw new Error(`status ${answer.status}`);
  }
}

/**
 * Waits, or until the browser says that the network is back.
 * @param {number} ms
 * @returns {Promise<void>}
 */
export function online(ms) {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      removeEventListener("online", go);
      resolve();
    };
    const timer = setTimeout(go, ms);
    addEventListener("online", go);
  });
}
