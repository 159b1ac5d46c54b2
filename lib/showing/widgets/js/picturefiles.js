// A reader's own pictures: .npy arrays and greyscale PNGs become fields; what cannot be read becomes a sentence.

/** Read a dropped selection: two files named like u and v (or in that order), or one .npy of shape (2, height, width). */
export async function readPictures(files) {
  if (files.length < 1 || files.length > 2) {
    throw new Error(`There are ${files.length} files: give two, u and v, or one .npy that holds both as (2, height, width).`);
  }
  const read = await Promise.all(files.map(async (file) => pictureOf(file.name, await file.arrayBuffer())));
  if (files.length === 1) return bothOf(files[0].name, read[0]);
  const swapped = /(^|[^a-z])v([^a-z]|$)/i.test(files[0].name) && /(^|[^a-z])u([^a-z]|$)/i.test(files[1].name);
  const [u, v] = swapped ? [read[1], read[0]] : read;
  return bothChecked(oneField(u, files[swapped ? 1 : 0].name), oneField(v, files[swapped ? 0 : 1].name), Math.max(u.spread, v.spread));
}

/** { values, shape, spread }: spread is the noise that the file's own rounding makes. */
export async function pictureOf(name, buffer) {
  const bytes = new Uint8Array(buffer);
  if (bytes.length === 0) throw new Error(`${name} is empty: there is nothing to read.`);
  if (startsWith(bytes, [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59])) return npy(name, buffer);
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47])) return await png(name, bytes);
  throw new Error(`${name} is neither a .npy array nor a PNG picture: save the field with numpy.save, or as a greyscale PNG.`);
}

const startsWith = (bytes, head) => head.every((byte, i) => bytes[i] === byte);

function bothOf(name, { values, shape, spread }) {
  if (shape.length !== 3 || shape[0] !== 2) {
    throw new Error(`${name} has shape (${shape.join(", ")}): a single file must hold u and v, as (2, height, width).`);
  }
  const [, height, width] = shape;
  const field = (i) => ({ values: values.subarray(i * height * width, (i + 1) * height * width), shape: [height, width] });
  return bothChecked(field(0), field(1), spread);
}

/** One field, without axes of length one. */
function oneField({ values, shape }, name) {
  const sides = shape.filter((n, i) => n !== 1 || i >= shape.length - 2);
  if (sides.length !== 2) throw new Error(`${name} has shape (${shape.join(", ")}): one field is (height, width).`);
  return { values, shape: sides };
}

function bothChecked(u, v, spread) {
  if (u.shape.join() !== v.shape.join()) {
    throw new Error(`u has ${u.shape.join(" × ")} cells and v ${v.shape.join(" × ")}: both must show the same cells.`);
  }
  const [height, width] = u.shape;
  if (height < 3 || width < 3) throw new Error(`The pictures have ${height} × ${width} cells: at least 3 × 3 are needed.`);
  for (const [name, { values }] of [["u", u], ["v", v]]) {
    const broken = values.findIndex((x) => !Number.isFinite(x));
    if (broken >= 0) {
      const place = `row ${Math.floor(broken / width)}, column ${broken % width}`;
      throw new Error(`${name} is not a finite number at ${place}: cut such cells off, or fit with lib.residual.fit and a mask.`);
    }
  }
  return { u: u.values, v: v.values, width, height, spread, remark: remarkOn(u.values, v.values) };
}

/** What fields look like that are not meant as they stand. */
function remarkOn(u, v) {
  const mean = (x) => x.reduce((sum, y) => sum + y, 0) / x.length;
  const top = (x) => x.reduce((most, y) => Math.max(most, y), -Infinity);
  if (Math.max(top(u), top(v)) > 5) return "Values above 5 look like percent or grey levels: the model's concentrations lie between 0 and 1.";
  if (mean(v) > mean(u)) return "v is larger than u on the whole: the two look swapped.";
  return "";
}

const KINDS = { f4: Float32Array, f8: Float64Array, i1: Int8Array, u1: Uint8Array, i2: Int16Array, u2: Uint16Array, i4: Int32Array, u4: Uint32Array };

/** Eight times a float's relative spacing, as lib.residual takes it; for whole numbers the deviation of rounding to one. */
const ROUNDING = { f4: 2 ** -20, f8: 2 ** -49 };
const UNIFORM = Math.sqrt(1 / 12);

/** NumPy's own format: a line of Python that describes the array, then its numbers. */
function npy(name, buffer) {
  const view = new DataView(buffer);
  const long = view.getUint8(6) >= 2;
  const start = long ? 12 : 10;
  const end = start + (long ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = new TextDecoder("latin1").decode(new Uint8Array(buffer, start, Math.max(0, Math.min(end, buffer.byteLength) - start)));
  const [, order, kind] = /'descr':\s*'([<>|=]?)(\w+)'/.exec(header) ?? [];
  const shape = (/'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? "").split(",").map((n) => n.trim()).filter(Boolean).map(Number);
  const Kind = KINDS[kind];
  if (!Kind) throw new Error(`${name} holds numbers of type ${kind ?? "unknown"}: save it as float32 or float64.`);
  if (/'fortran_order':\s*True/.test(header)) throw new Error(`${name} is stored column by column: save numpy.ascontiguousarray of it.`);
  const count = shape.reduce((product, n) => product * n, 1);
  const size = Kind.BYTES_PER_ELEMENT;
  if (count === 0) throw new Error(`${name} has shape (${shape.join(", ")}), without a single number.`);
  if (end + count * size > buffer.byteLength) throw new Error(`${name} ends before its numbers do: it was cut off. Save it again.`);
  const read = { f4: "getFloat32", f8: "getFloat64", i1: "getInt8", u1: "getUint8", i2: "getInt16", u2: "getUint16", i4: "getInt32", u4: "getUint32" }[kind];
  const values = Float64Array.from({ length: count }, (_, i) => view[read](end + i * size, order !== ">"));
  return { values, shape, spread: ROUNDING[kind] ?? UNIFORM };
}

/** Greyscale of 8 or 16 bits, black 0 and white 1; decoded here, since a canvas knows 8 bits and colours only. */
async function png(name, bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [width, height, depth, colour, lace] = [view.getUint32(16), view.getUint32(20), bytes[24], bytes[25], bytes[28]];
  if (colour !== 0) throw new Error(`${name} is not a greyscale picture: colours and transparency are no concentrations. Save one channel.`);
  if ((depth !== 8 && depth !== 16) || lace) throw new Error(`${name} has ${depth} bits${lace ? ", interlaced" : ""}: save it as plain 8 or 16 bits.`);
  const parts = [];
  for (let at = 8; at + 8 <= bytes.length;) {
    const length = view.getUint32(at);
    if (String.fromCharCode(...bytes.subarray(at + 4, at + 8)) === "IDAT") parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const stream = new Blob(parts).stream().pipeThrough(new DecompressionStream("deflate"));
  const raw = await new Response(stream).arrayBuffer().catch(() => {
    throw new Error(`${name} is damaged: its pixels cannot be unpacked. Save it again.`);
  });
  const lines = unfiltered(new Uint8Array(raw), width, height, depth / 8);
  const white = 2 ** depth - 1;
  const grey = (i) => (depth === 8 ? lines[i] : 256 * lines[2 * i] + lines[2 * i + 1]);
  return { values: Float64Array.from({ length: width * height }, (_, i) => grey(i) / white), shape: [height, width], spread: UNIFORM / white };
}

/** Undo the line filters of a PNG. */
function unfiltered(raw, width, height, size) {
  const wide = width * size;
  const out = new Uint8Array(wide * height);
  for (let row = 0; row < height; row++) {
    const filter = raw[row * (wide + 1)];
    for (let x = 0; x < wide; x++) {
      const left = x >= size ? out[row * wide + x - size] : 0;
      const up = row > 0 ? out[(row - 1) * wide + x] : 0;
      const corner = row > 0 && x >= size ? out[(row - 1) * wide + x - size] : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      out[row * wide + x] = raw[row * (wide + 1) + 1 + x] + guess;
    }
  }
  return out;
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
