// "Read the four numbers off this picture": the closed-form fit of a dish or of the reader's own pictures, in the page.
import { drawField } from "./colormap.js";
import { button, choice, element, uniqueId } from "./controls.js";
import { fitHorizon } from "./horizonfit.js";
import { normals } from "./initial.js";
import { sentence, showMessage } from "./message.js";
import { percent, withError, written } from "./numbers.js";
import { readPictures } from "./picturefiles.js";
import { fitResidual, PARAMETERS, SINGLE } from "./residualfit.js";

/** Standard deviations of the noise that the slider adds. */
const NOISES = [0, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2];
const WAYS = [
  ["one", "one picture, as if it stood still"],
  ["next", "two pictures, one step apart"],
  ["10", "two pictures, 10 steps apart"],
  ["30", "two pictures, 30 steps apart"],
];
const OWN_WAYS = { one: WAYS[0][1], 10: "a run of 10 steps that must come back to it", 30: "a run of 30 steps that must come back to it" };
const INVITATION = "Or drop your own picture here: u and v as two .npy arrays or grey PNGs (black 0, white 1), " +
  "or one .npy of shape (2, height, width). It is read in this page; nothing leaves your machine.";

export class Reader {
  /**
   * @param look () → { u, v, n, params, after }: the dish now; after(T) is its state T steps later
   * @param opened called when the panel is opened or closed by the reader
   */
  constructor({ look, opened }) {
    Object.assign(this, { look, opened, noise: 0, way: "one", own: null, edges: true, dx: 1 });
    this.build();
  }

  // Building ---------------------------------------------------------------------------------------

  build() {
    const panel = uniqueId("reader");
    this.toggle = button("Read the four numbers off this picture", () => {
      this.open(this.panel.hidden);
      this.opened();
    }, { "aria-expanded": "false", "aria-controls": panel });
    this.messages = element("div", { class: "gs-messages" });
    this.sentence = element("p", { class: "gs-reader-sentence", role: "status" });
    this.panel = element("div", { id: panel, class: "gs-reader-panel", hidden: true });
    this.panel.append(this.buildKnobs(), this.buildResult(), this.sentence, this.buildDrop());
    this.root = element("div", { class: "gs-reader", role: "group", "aria-label": "Parameters read off the picture" });
    this.root.append(this.toggle, this.panel);
  }

  buildKnobs() {
    const id = uniqueId("noise");
    this.slider = element("input", { type: "range", id, class: "gs-range", min: 0, max: NOISES.length - 1, step: 1, value: 0 });
    this.amount = element("output", { for: id });
    this.slider.addEventListener("input", () => this.setNoise(Number(this.slider.value)));
    this.choice = choice({ label: "From", options: WAYS, value: this.way, onchange: (way) => this.set({ way }) });
    const noise = element("div", { class: "gs-slider gs-noise" }, element("label", { for: id }, "Noise"), this.slider, this.amount);
    this.setNoise(0);
    return element("div", { class: "gs-reader-knobs" }, this.choice.root, noise);
  }

  buildResult() {
    const shown = (name) => element("canvas", { class: "gs-picture", role: "img", "aria-label": name });
    this.seen = shown("The picture that is read: v, with its noise");
    this.map = shown("Map of what the four numbers leave unexplained, cell by cell");
    this.scale = element("span", {});
    const picture = element("figure", {}, element("figcaption", {}, "What is read (v)"), this.seen);
    const rest = element("figure", {}, element("figcaption", {}, "What is left over", this.scale), this.map);
    const head = ["", "set", "read", "±", "off by"].map((name) => element("th", { scope: "col" }, name));
    this.rows = Object.fromEntries(PARAMETERS.map((name) => [name, [0, 0, 0, 0].map(() => element("td", {}))]));
    const lines = PARAMETERS.map((name) => element("tr", {}, element("th", { scope: "row" }, name), ...this.rows[name]));
    this.table = element("table", { class: "gs-reader-table" });
    this.table.append(element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...lines));
    return element("div", { class: "gs-reader-result" }, picture, rest, this.table);
  }

  buildDrop() {
    const id = uniqueId("files");
    this.files = element("input", { type: "file", id, multiple: true, accept: ".npy,.png", class: "gs-files" });
    this.files.addEventListener("change", () => this.take([...this.files.files]));
    this.back = button("Back to the dish", () => this.set({ own: null }), { hidden: true });
    this.ownKnobs = element("div", { class: "gs-bar", hidden: true }, this.buildEdges(), this.buildSide());
    const place = element("div", {
      class: "gs-drop",
      ondragover: (event) => (event.preventDefault(), place.classList.add("gs-over")),
      ondragleave: () => place.classList.remove("gs-over"),
      ondrop: (event) => {
        event.preventDefault();
        place.classList.remove("gs-over");
        this.take([...event.dataTransfer.files]);
      },
    }, element("label", { for: id }, INVITATION), element("div", { class: "gs-bar" }, this.files, this.back), this.ownKnobs, this.messages);
    return place;
  }

  buildEdges() {
    const options = [["wrap", "continue at the other side"], ["end", "are where the picture ends"]];
    this.edgeChoice = choice({ label: "Its edges", options, value: "wrap", onchange: (x) => this.set({ edges: x === "wrap" }) });
    return this.edgeChoice.root;
  }

  buildSide() {
    const id = uniqueId("side");
    const input = element("input", { type: "number", id, min: 0, step: "any", value: 1, class: "gs-number" });
    input.addEventListener("change", () => {
      if (!(Number(input.value) > 0)) input.value = 1;
      this.set({ dx: Number(input.value) });
    });
    return element("div", { class: "gs-choice" }, element("label", { for: id }, "Side of a cell"), input);
  }

  // What the reader does -----------------------------------------------------------------------------

  open(open) {
    this.panel.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
    this.show();
  }

  setNoise(index) {
    this.slider.value = index;
    this.amount.textContent = NOISES[index] === 0 ? "none" : written(NOISES[index]);
    this.slider.setAttribute("aria-valuetext", this.amount.textContent);
    this.set({ noise: NOISES[index] });
  }

  set(values) {
    Object.assign(this, values);
    this.offer();
    if (!this.back) return; // still being built
    this.back.hidden = this.ownKnobs.hidden = this.own === null;
    this.show();
  }

  /** The ways that there are: a reader's own picture has no later one, and runs only where its edges join. */
  offer() {
    const possible = (way) => this.own === null || way === "one" || (this.edges && way in OWN_WAYS);
    if (!possible(this.way)) this.way = "one";
    for (const [i, [way, text]] of WAYS.entries()) {
      const option = this.choice.select.options[i];
      option.disabled = option.hidden = !possible(way);
      option.textContent = (this.own && OWN_WAYS[way]) || text;
    }
    this.choice.set(this.way);
  }

  /** Files were chosen or dropped. */
  async take(files) {
    this.messages.replaceChildren();
    try {
      const own = await readPictures(files);
      if (own.remark) showMessage(this.messages, own.remark, "note");
      this.set({ own, noise: 0, way: "one" });
      this.setNoise(0);
    } catch (error) {
      showMessage(this.messages, sentence(error));
    }
  }

  // Reading ------------------------------------------------------------------------------------------

  /** Fit what is there now; searches take their time, and a new one does not begin before the last has ended. */
  show() {
    if (this.panel.hidden) return;
    clearTimeout(this.searching);
    const asked = this.question();
    if (!asked.u.every(Number.isFinite) || !asked.v.every(Number.isFinite)) return this.tell(null, asked);
    if (this.way === "10" || this.way === "30") return this.search(asked, fitHorizon(asked, asked.goal, Number(this.way)));
    this.tell(fitResidual(asked, asked), asked);
  }

  /** A look at the dish: not while a search is on, and a running dish keeps four fifths of the time for itself. */
  again(running) {
    if (this.own !== null || this.busy || this.panel.hidden) return;
    const began = performance.now();
    if (running && began < (this.rested ?? 0)) return;
    this.show();
    this.rested = performance.now() + 4 * (performance.now() - began);
  }

  /** The picture to read, what it is compared with, and what is known of its noise. */
  question() {
    if (this.own !== null) {
      const { u, v, width, height, spread } = this.own;
      const image = { ...this.noisy({ u, v }, 1), width, height };
      const noise = Math.hypot(this.noise, spread);
      return { ...image, goal: image, noise, periodic: this.edges, dx: this.dx };
    }
    const dish = this.look();
    const image = { ...this.noisy(dish, 1), width: dish.n, height: dish.n, set: dish.params };
    const noise = Math.max(this.noise, 8 * SINGLE);
    if (this.way === "one") return { ...image, noise };
    const goal = this.noisy(dish.after(this.way === "next" ? 1 : Number(this.way)), 2);
    const change = (name) => goal[name].map((x, i) => x - image[name][i]);
    return { ...image, goal, noise, rate: this.way === "next" ? { u: change("u"), v: change("v") } : null };
  }

  /** A copy with noise; the same noise at every look, another for each picture. */
  noisy({ u, v }, seed) {
    const drawn = this.noise === 0 ? null : this.draws(u.length, seed);
    const copy = (x, from) => Float64Array.from(x, (y, i) => (drawn ? y + this.noise * drawn[from + i] : y));
    return { u: copy(u, 0), v: copy(v, u.length) };
  }

  draws(cells, seed) {
    this.drawn ??= new Map();
    const key = `${cells} ${seed}`;
    if (!this.drawn.has(key)) this.drawn.set(key, normals(16 * Math.ceil((2 * cells) / 16), seed));
    return this.drawn.get(key);
  }

  /** One trial at a time, so that the page stays at hand. */
  search(asked, trials) {
    this.busy = true;
    const { value: found } = trials.next();
    if (found) return this.tell(found, asked);
    this.searching = setTimeout(() => this.search(asked, trials), 0);
    return undefined;
  }

  /** Put a fit on the page; null for fields that are not finite. */
  tell(found, asked) {
    this.busy = false;
    this.found = found;
    const { width, height } = asked;
    drawField(this.seen, asked.v, width, { high: 0.4 }, height);
    const top = found ? found.map.reduce((most, x) => Math.max(most, x), 0) : 0;
    if (found) drawField(this.map, found.map, width, { high: top || 1 }, height);
    this.scale.textContent = found ? `, bright = ${written(top)}` : "";
    for (const name of PARAMETERS) this.row(name, found, asked.set);
    this.table.classList.toggle("gs-unset", !asked.set);
    const text = found ? `${found.sentence} ${this.advice(found, asked)}`.trim() : "The picture holds numbers that are not finite.";
    if (this.sentence.textContent !== text) this.sentence.textContent = text;
  }

  row(name, found, set) {
    const [given, read, error, off] = this.rows[name];
    const [value, uncertain] = found ? withError(found.params[name], found.errors[name]) : ["–", ""];
    const share = found && set ? (found.params[name] - set[name]) / set[name] : NaN;
    given.textContent = set ? String(Number(set[name].toFixed(6))) : "";
    read.textContent = value;
    error.textContent = uncertain;
    off.textContent = Number.isFinite(share) ? percent(share) : "";
    off.className = Math.abs(share) > 0.01 ? "gs-off" : "";
  }

  /** What would help, where something is amiss. */
  advice(found, { set, noise }) {
    if (this.way === "one" && noise > 1e-4 && found.rank > 0) {
      return this.own === null
        ? "Noise enters the Laplacian four times as strong. Two pictures 10 or 30 steps apart wash it away."
        : "Noise enters the Laplacian four times as strong; if the pattern stands still, a run of 10 or 30 steps washes it away.";
    }
    const moving = set && this.way === "one" && found.rms > 1e-4;
    return moving ? "The dish still moves, which one picture cannot know: two pictures can." : "";
  }
}
