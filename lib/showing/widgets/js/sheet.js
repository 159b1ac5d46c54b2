// A sheet of small pictures, one for each point of a plane, as one grey image file.

import { bytesOf } from "./atlas.js";
import { paintField } from "./colormap.js";

/** Decode a plane's sheet once; null where the plane has none. */
export async function decodedSheet(sheet) {
  if (!sheet) return null;
  const bytes = bytesOf(sheet.bytes, null, "the pictures");
  const image = await createImageBitmap(new Blob([bytes], { type: sheet.type }));
  return { ...sheet, image };
}

/** Draw one point's picture on a canvas, in the colours of the book's fields. */
export function drawTile(canvas, sheet, row, column) {
  const { side, image, top } = sheet;
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, column * side, row * side, side, side, 0, 0, side, side);
  const pixels = context.getImageData(0, 0, side, side);
  const v = Float32Array.from({ length: side * side }, (_, i) => (top * pixels.data[4 * i]) / 255);
  paintField(v, pixels.data);
  context.putImageData(pixels, 0, 0);
}
