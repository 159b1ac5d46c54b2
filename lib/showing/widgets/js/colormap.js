// The colour maps of the book's figures: magma for fields, viridis for losses.
// 33 colours each of matplotlib's 256, with straight lines between them, off by less than 2 in 255.

const MAGMA =
  "0000040303110a0822130d331d114628115a36106a430f7650127c5d177f691c817621818226818f2a819c2e7fa9327db63779c33b75cf4170db486ae65163ee5c5ef5695cf9785dfb8761fd9668fea571feb47bfec387fed194fde0a2fceeb0fcfdbf";
const VIRIDIS =
  "440154470d6048186a482374472d7b4536814240863f49893b528b375a8d33638d2f6a8e2c728e297a8e26818e23898e21908c1f988b1f9f8821a68528ae8031b57b3ebc744cc26c5dc9636ece5882d34c96d83fabdc32c0df24d5e21aeae51afde725";

/** Tables of 256 colours, 4 bytes each (red, green, blue, 255). */
export const COLOUR_MAPS = { magma: table(MAGMA), viridis: table(VIRIDIS) };

/** Paint numbers as an image: `low` is the dark end of the scale, `high` the bright one, NaN is `bad`. */
export function paintField(values, rgba, { map = "magma", low = 0, high = 0.4, bad = [200, 16, 46] } = {}) {
  const colours = COLOUR_MAPS[map];
  for (let i = 0; i < values.length; i++) {
    const place = 4 * Math.min(Math.max(Math.round((255 * (values[i] - low)) / (high - low)), 0), 255);
    const missing = values[i] !== values[i];
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = missing ? bad[c] : colours[place + c];
    rgba[4 * i + 3] = 255;
  }
  return rgba;
}

/** Draw a field of n columns (and as many rows, unless told) on a canvas, one pixel a cell. */
export function drawField(canvas, values, n, options = {}, rows = n) {
  if (canvas.width !== n || canvas.height !== rows) Object.assign(canvas, { width: n, height: rows });
  const context = canvas.getContext("2d");
  const image = context.createImageData(n, rows);
  paintField(values, image.data, options);
  context.putImageData(image, 0, 0);
}

function table(hexadecimal) {
  const anchors = hexadecimal.match(/../g).map((digits) => Number.parseInt(digits, 16));
  const last = anchors.length / 3 - 1;
  const result = new Uint8Array(4 * 256);
  for (let i = 0; i < 256; i++) {
    const place = (i / 255) * last;
    const below = Math.min(Math.floor(place), last - 1);
    for (let c = 0; c < 3; c++) {
      const [from, to] = [anchors[3 * below + c], anchors[3 * below + 3 + c]];
      result[4 * i + c] = Math.round(from + (to - from) * (place - below));
    }
    result[4 * i + 3] = 255;
  }
  return result;
}
