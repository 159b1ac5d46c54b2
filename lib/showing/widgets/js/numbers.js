// Numbers as a person would write them.

const MINUS = "\u2212";
const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/** A power of ten, such as 10⁻³. */
export const powerOfTen = (exponent) => `10${[...String(exponent)].map((sign) => RAISED[sign]).join("")}`;

/** Two or so digits of any number: 247, 12.35, 0.042, 1.2 · 10⁻³; a dash where there is none. */
export function written(x) {
  if (x === null || Number.isNaN(x)) return "–";
  if (Math.abs(x) >= 1e5) return scientific(x);
  if (Math.abs(x) >= 100) return x.toFixed(0).replace("-", MINUS);
  return Math.abs(x) >= 0.01 || x === 0 ? x.toFixed(2).replace("-", MINUS) : scientific(x);
}

export function scientific(x) {
  const [digits, exponent] = x.toExponential(1).split("e");
  return `${digits.replace("-", MINUS)} · ${powerOfTen(Number(exponent))}`;
}

/** A value with as many decimals as its error allows, at least four and at most seven; and the error in as many. */
export function withError(value, error) {
  if (Number.isNaN(value)) return ["not determined", ""];
  const wanted = error > 0 ? 1 - Math.floor(Math.log10(error)) : 7;
  const decimals = Math.min(Math.max(wanted, 4), 7);
  const smallest = 10 ** -decimals;
  const text = value.toFixed(decimals).replace("-", MINUS);
  if (Number.isNaN(error)) return [text, "unknown"];
  return [text, error < smallest ? `< ${smallest.toFixed(decimals)}` : error.toFixed(decimals)];
}

/** A share in percent, with the digits that matter; from ten on, which only errors are, in times. */
export function percent(share) {
  const size = Math.abs(100 * share);
  if (Number.isNaN(size)) return "";
  if (size < 0.01) return "< 0.01 %";
  if (size >= 1000) return `${Math.round(size / 100).toLocaleString("en")} times the value`;
  return `${size >= 10 ? Math.round(size).toLocaleString("en") : size.toFixed(size >= 1 ? 1 : 2)} %`;
}
