// The standard controls, each with its label: small functions that return elements.

/** An element with attributes, listeners (onclick …) and children. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

// Every widget of a page runs its own copy of this file, so counting alone would give names out twice.
const family = Math.random().toString(36).slice(2, 8);
let count = 0;

/** A name for an element that no other on the page has, for labels. */
export function uniqueId(stem) {
  count += 1;
  return `gs-${stem}-${family}-${count}`;
}

export function button(text, onclick, attributes = {}) {
  return element("button", { type: "button", class: "gs-button", onclick, ...attributes }, text);
}

/**
 * A slider with its number beside it; `set(value)` moves both without calling `oninput`.
 * With `log` the slider goes by powers of ten (`step` is a share of one) and the number stays the plain one.
 */
export function slider({ label, low, high, step, value, digits = 4, log = false, oninput }) {
  const id = uniqueId("slider");
  const [place, back] = log ? [Math.log10, (x) => Number((10 ** x).toPrecision(2))] : [Number, Number];
  const shown = (x) => (log ? String(Number(Number(x).toPrecision(3))) : Number(x).toFixed(digits));
  const range = element("input", { type: "range", id, min: place(low), max: place(high), step, class: "gs-range" });
  const number = element("input", { type: "number", min: low, max: high, step: "any", class: "gs-number" });
  number.setAttribute("aria-label", `${label}, as a number`);
  const say = (x) => {
    number.value = shown(x);
    if (log) range.setAttribute("aria-valuetext", number.value);
  };
  const set = (x) => {
    range.value = place(x);
    say(x);
  };
  set(value);
  range.addEventListener("input", () => {
    const chosen = back(Number(range.value));
    say(chosen);
    oninput(chosen);
  });
  number.addEventListener("change", () => {
    const typed = Math.min(Math.max(Number(number.value), low), high);
    set(typed);
    oninput(typed);
  });
  const caption = element("label", { for: id }, label);
  return { root: element("div", { class: "gs-slider" }, caption, range, number), range, number, set };
}

/** A choice among [value, text] pairs. */
export function choice({ label, options, value, onchange }) {
  const id = uniqueId("choice");
  const entries = options.map(([key, text]) => element("option", { value: key }, text));
  const select = element("select", { id, class: "gs-select" }, ...entries);
  select.value = value;
  select.addEventListener("change", () => onchange(select.value));
  const root = element("div", { class: "gs-choice" }, element("label", { for: id }, label), select);
  return { root, select, set: (x) => (select.value = x) };
}

/** A number to type, such as a seed. */
export function numberField({ label, low, high, value, onchange }) {
  const id = uniqueId("number");
  const input = element("input", { type: "number", id, min: low, max: high, step: 1, class: "gs-number" });
  input.value = value;
  input.addEventListener("change", () => {
    input.value = Math.min(Math.max(Math.round(Number(input.value)), low), high);
    onchange(Number(input.value));
  });
  const root = element("div", { class: "gs-choice" }, element("label", { for: id }, label), input);
  return { root, input, set: (x) => (input.value = x) };
}
