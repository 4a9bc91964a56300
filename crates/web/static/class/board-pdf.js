// @ts-check
// A PDF of pictures, one a page (ISO 32000-1): what a deck is saved as.

/**
 * @param {{jpeg: Uint8Array, width: number, height: number}[]} pages in pixels
 * @param {string} title
 */
export function pdf(pages, title) {
  const encoder = new TextEncoder();
  /** @type {Uint8Array[]} */
  const pieces = [];
  /** @type {number[]} */
  const starts = [];
  let length = 0;
  /** @param {string | Uint8Array} piece */
  const put = (piece) => {
    const bytes = typeof piece === "string" ? encoder.encode(piece) : piece;
    pieces.push(bytes);
    length += bytes.length;
  };
  /** @param {(string | Uint8Array)[]} parts */
  const object = (...parts) => {
    starts.push(length);
    put(`${starts.length} 0 obj\n`);
    parts.forEach(put);
    put("\nendobj\n");
  };
  // The comment says that there are bytes above 127 in it (7.5.2).
  put("%PDF-1.4\n");
  put(new Uint8Array([0x25, 0xe2, 0xe3, 0xcf, 0xd3, 0x0a]));
  const first = 4;
  object("<</Type/Catalog/Pages 2 0 R>>");
  object(`<</Type/Pages/Count ${pages.length}/Kids[${pages.map((_, at) => `${first + at * 3} 0 R`).join(" ")}]>>`);
  object(`<</Title ${text(title)}/Producer(Pr\\351au)>>`);
  pages.forEach(({ jpeg, width, height }, at) => {
    const number = first + at * 3;
    // As wide as a sheet that lies.
    const [w, h] = [842, Math.round(842 * height / width)];
    object(`<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${w} ${h}]/Resources<</XObject<</P ${number + 2} 0 R>>>>/Contents ${number + 1} 0 R>>`);
    const content = `q ${w} 0 0 ${h} 0 0 cm /P Do Q`;
    object(`<</Length ${content.length}>>stream\n${content}\nendstream`);
    object(
      `<</Type/XObject/Subtype/Image/Width ${width}/Height ${height}/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode/Length ${jpeg.length}>>stream\n`,
      jpeg, "\nendstream",
    );
  });
  const table = length;
  put(`xref\n0 ${starts.length + 1}\n0000000000 65535 f \n`);
  starts.forEach((start) => put(`${String(start).padStart(10, "0")} 00000 n \n`));
  put(`trailer\n<</Size ${starts.length + 1}/Root 1 0 R/Info 3 0 R>>\nstartxref\n${table}\n%%EOF\n`);
  return new Blob(/** @type {BlobPart[]} */ (pieces), { type: "application/pdf" });
}

/**
 * A text string in UTF-16, in hexadecimal digits (7.9.2).
 * @param {string} value
 */
function text(value) {
  const units = Array.from({ length: value.length }, (_, at) => value.charCodeAt(at).toString(16).padStart(4, "0"));
  return `<feff${units.join("")}>`;
}
