// @ts-check

/** A page of handwriting is read well at this size. */
const SIDE_PX_MAX = 2_000;
const QUALITY = 0.82;

/**
 * A photograph, upright as the camera meant it, turned by quarters, and small. What this browser cannot draw comes back
 * as it was.
 * @param {Blob} blob
 * @param {number} quarters
 * @returns {Promise<Blob>}
 */
export async function shrink(blob, quarters) {
  let picture;
  try {
    picture = await createImageBitmap(blob, { imageOrientation: "from-image" });
  } catch {
    return blob;
  }
  const scale = Math.min(1, SIDE_PX_MAX / Math.max(picture.width, picture.height));
  const [width, height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  const canvas = document.createElement("canvas");
  const lies = quarters % 2 === 1;
  canvas.width = lies ? height : width;
  canvas.height = lies ? width : height;
  const context = canvas.getContext("2d");
  if (!context) {
    return blob;
  }
  context.translate(canvas.width / 2, canvas.height / 2);
  context.rotate((quarters * Math.PI) / 2);
  context.drawImage(picture, -width / 2, -height / 2, width, height);
  picture.close();
  /** @type {Blob | null} */
  const small = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  const asItWas = quarters === 0 && scale === 1 && small !== null && small.size >= blob.size;
  return small === null || asItWas ? blob : small;
}
