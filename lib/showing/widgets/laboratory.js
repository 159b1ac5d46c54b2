// The Laboratory: a dish that runs the paper's model while one turns its knobs, and the loss it scores.
import { element } from "./js/controls.js";
import { BRIGHTEST, Dish } from "./js/dish.js";
import { initialState } from "./js/initial.js";
import { guarded, sentence, showMessage } from "./js/message.js";
import { knobs, LARGEST_SEED, MOST_STEPS, NAMES } from "./js/knobs.js";
import { Reader } from "./js/reader.js";
import { floatsOf, Readout, Target } from "./js/readout.js";
import { ahead, classify } from "./js/stepper.js";
import { numberIn, onState, readState, writeState } from "./js/urlstate.js";

const OUTCOME_WORDS = {
  pattern: "A pattern lives.",
  trivial: "v is dying out or gone: the dish empties, and the loss ends on its plateau.",
  uniform: "v is the same everywhere: there is no pattern, and the loss is on its plateau.",
  diverged: "The numbers have left all bounds: these parameters are too fast for a time step of one.",
  flickering: "Cells jump from step to step: an artefact of the time step, not of the chemistry.",
};
const MEASURE_EVERY = 250; // ms between two looks at the loss
const FRAME_BUDGET = 40; // ms of a frame that the CPU engine may compute
const SLOW_FRAME = 100; // ms between two frames above which fewer steps are taken

class Laboratory {
  constructor({ model, el }) {
    this.model = model;
    this.name = model.get("name");
    this.n = model.get("size");
    this.still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.ranges = model.get("ranges");
    this.params = Object.fromEntries(NAMES.map((name) => [name, model.get(name)]));
    this.undo = [];
    this.build();
    el.append(this.root);
    this.root.laboratory = this; // for tests, and for the curious at the browser's console
    this.open(readState(this.name), model.get("running"));
    this.listen();
  }

  // Building ---------------------------------------------------------------------------------------

  build() {
    this.messages = element("div", { class: "gs-messages" });
    this.notes = element("div", { class: "gs-notes" });
    this.dish = new Dish({
      n: this.n,
      colour: () => (this.brush.select.value === "sow" ? [0.5, 0.25] : [1, 0]),
      painted: () => this.disturbed(),
      pressed: (key) => this.press(key),
      notice: (text, kind) => this.notice(text, kind),
    });
    this.readout = new Readout(this.loadTarget(), BRIGHTEST);
    this.reader = new Reader({ look: () => this.picture(), opened: () => this.byReader(() => {}) });
    this.status = element("p", { class: "gs-status", role: "status" });
    const pictures = element("div", { class: "gs-pictures" });
    pictures.append(this.dish.root, this.readout.picture, this.readout.numbers);
    this.root = element("section", { class: "gs-widget gs-laboratory", "aria-label": "Laboratory" });
    Object.assign(this, knobs(this));
    const parts = [this.messages, pictures, this.status, this.bar, this.parameters, this.reader.root, this.tools, this.notes];
    this.root.append(element("div", { class: "gs-stack" }, ...parts));
  }

  loadTarget() {
    try {
      return new Target(this.model.get("target"), this.n);
    } catch (error) {
      showMessage(this.messages, sentence(error));
      return null;
    }
  }

  // Running ----------------------------------------------------------------------------------------

  run(running) {
    if (running && this.last.stopped) this.goOn();
    this.running = running;
    this.ended = false;
    this.playButton.textContent = running ? "Pause" : "Run";
    this.tell({ running });
    this.clock = { frames: 0, steps: this.dish.engine.steps, since: performance.now() };
    this.readout.pace.textContent = running ? "" : "paused";
    if (running) this.schedule();
    else if (this.dish.engine.steps !== this.last.steps) this.measure();
  }

  schedule() {
    if (this.scheduled || !this.running || this.hidden || this.gone) return;
    this.scheduled = requestAnimationFrame((now) => {
      this.scheduled = 0;
      this.frame(now);
      this.schedule();
    });
  }

  /** Look at the loss now and then, where the graphics processor is idle anyway; then take steps. */
  frame(now) {
    if (now - this.measured >= MEASURE_EVERY) this.measure(now);
    if (!this.running) return;
    this.pace(now);
    this.dish.advance(this.params, this.allowed, this.rule(), performance.now() + FRAME_BUDGET);
    this.clock.frames++;
  }

  /** As many steps as asked for; fewer where frames take too long. */
  pace(now) {
    const since = now - (this.frameBegan ?? now);
    const slow = since > SLOW_FRAME && since < 20 * SLOW_FRAME;
    this.frameBegan = now;
    this.allowed = slow ? Math.max(4, Math.floor(this.allowed / 2)) : this.allowed + 1;
    this.allowed = Math.min(this.model.get("speed"), this.allowed);
  }

  /** What ends the run: the rule chosen, or the step at which a shared view was paused. */
  rule() {
    const stop = this.model.get("stop");
    const last = Math.min(this.until, stop === "never" ? Infinity : this.begun + this.model.get("limit"));
    return { tol: stop === "training" ? this.model.get("tol") : null, limit: last === Infinity ? null : last };
  }

  single() {
    this.run(false);
    if (this.last.stopped) this.goOn();
    this.dish.advance(this.params, 1, this.rule());
    this.measure();
  }

  /** A dish from the seed, or from the state that Python has handed over. */
  reset() {
    this.begun = 0;
    this.until = Infinity;
    this.allowed = this.model.get("speed");
    this.reproducible = true;
    this.dish.load(this.initial());
    this.readout.curve.clear();
    this.measure();
    if (this.running) this.run(true);
  }

  initial() {
    const [given, cells] = [this.model.get("initial"), this.n * this.n];
    if (given?.byteLength !== 8 * cells) {
      return initialState(this.n, this.model.get("seed"), this.model.get("recipe"));
    }
    const both = floatsOf(given);
    return { u: both.subarray(0, cells), v: both.subarray(cells) };
  }

  /** The reader has touched a dish whose run is over: it moves again, if a rule and not the reader had ended it. */
  wake() {
    const { ended } = this;
    this.goOn();
    if (ended) this.run(true);
  }

  /** Something was changed, or the reader insists: whatever had stopped the run holds no longer. */
  goOn() {
    // Numbers that have left all bounds come back from nowhere but the beginning.
    if (this.outcome === "diverged") return this.reset();
    if (this.last.steps >= this.begun + this.model.get("limit")) this.begun = this.last.steps;
    // A view that was shared as paused here may simply go on.
    if (this.last.steps !== this.until) this.reproducible = false;
    this.until = Infinity;
    this.dish.engine.resume(this.last.steps);
    this.last.stopped = false;
  }

  // Looking ----------------------------------------------------------------------------------------

  /** Read the state back; show its loss, its step and how it looks; stop where the rule says so. */
  measure(now = performance.now()) {
    this.measured = now;
    const seen = this.dish.read();
    this.last = seen;
    const outcome = classify(this.params, seen, seen.change);
    this.outcome = outcome;
    const loss = this.readout.show(seen, outcome === "diverged");
    this.showPace(now);
    this.reader.again(this.running);
    this.tell({ steps: seen.steps, loss, outcome, change: Number.isFinite(seen.change) ? seen.change : null });
    const { tol, limit } = this.rule();
    if (seen.stopped || outcome === "diverged" || (limit !== null && seen.steps >= limit)) {
      seen.stopped = true;
      if (this.running) {
        this.run(false);
        this.ended = true;
      }
      const steady = tol !== null && seen.change < tol ? `, which changed less than ${tol}: steady enough` : "";
      this.say(`Stopped at step ${seen.steps.toLocaleString("en")}${steady}. ${OUTCOME_WORDS[outcome]}`);
    } else this.say(OUTCOME_WORDS[outcome]);
  }

  /** What the dish shows now, and what it will show: for whoever reads its parameters off it. */
  picture() {
    const { u, v } = this.last;
    return { u, v, n: this.n, params: this.params, after: (steps) => ahead(this.params, { u, v }, this.n, steps) };
  }

  showPace(now) {
    const { frames, steps, since } = this.clock ?? {};
    if (!this.running || !frames || now - since < 200) return;
    const seconds = (now - since) / 1000;
    this.framesPerSecond = frames / seconds;
    const rate = Math.round((this.dish.engine.steps - steps) / seconds).toLocaleString("en");
    this.readout.pace.textContent = `${rate} steps/s, ${Math.round(this.framesPerSecond)} frames/s`;
    this.clock = { frames: 0, steps: this.dish.engine.steps, since: now };
  }

  /** Only when the words change: they are read aloud. */
  say(text) {
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  /** What there is to say about the engine; null takes it back. */
  notice(text, kind) {
    this.engineNotice?.remove();
    // What nobody has to act on stands below, where it pushes no picture off the screen.
    const place = kind === "note" ? this.notes : this.messages;
    this.engineNotice = text === null ? null : showMessage(place, text, kind);
  }

  // Changing ---------------------------------------------------------------------------------------

  /** Whatever the reader does may change the address. */
  byReader(deed) {
    deed();
    clearTimeout(this.sharing);
    this.sharing = setTimeout(() => writeState(this.name, this.shared()), 200);
  }

  change(values) {
    for (const [name, value] of Object.entries(values)) {
      const [low, high] = this.ranges[name];
      this.params[name] = Math.min(Math.max(value, low), high);
      this.sliders[name].set(this.params[name]);
    }
    this.tell(this.params);
    this.presets.set(this.presetNow());
    if (this.last?.steps > 0) this.reproducible = false;
    if (this.last?.stopped) this.wake();
  }

  presetNow() {
    const sets = this.model.get("presets");
    const found = sets.findIndex((set) => NAMES.every((name) => set[name] === this.params[name]));
    return found < 0 ? "" : String(found);
  }

  /** One of the named sets, from a fresh dish; "your own" changes nothing. */
  preset(key) {
    const set = this.model.get("presets")[Number(key || NaN)];
    if (!set) return;
    this.change(Object.fromEntries(NAMES.map((name) => [name, set[name]])));
    this.reset();
    this.run(!this.still);
  }

  setSeed(seed) {
    this.seed.set(seed);
    this.tell({ seed });
    this.reset();
  }

  setStop(stop) {
    this.stop.set(stop);
    this.tell({ stop });
    if (this.last?.stopped) this.wake();
  }

  /** The brush has touched the dish. */
  disturbed() {
    this.reproducible = false;
    if (this.last.stopped) this.wake();
    if (!this.running) this.measure();
  }

  press(key) {
    const deeds = { p: () => this.run(!this.running), s: () => this.single(), r: () => this.reset() };
    if (deeds[key]) this.byReader(deeds[key]);
    return key in deeds;
  }

  // Others: Python, the address, the browser -------------------------------------------------------

  /** Set traits; Python hears of them where there is one. */
  tell(values) {
    const news = Object.entries(values).filter(([name, value]) => this.model.get(name) !== value);
    if (news.length === 0) return;
    this.telling = true;
    for (const [name, value] of news) this.model.set(name, value);
    this.model.save_changes();
    this.telling = false;
  }

  /** Call `deed(value)` when somebody else sets a trait. */
  heed(name, deed) {
    this.on(`change:${name}`, () => {
      if (!this.telling) deed(this.model.get(name));
    });
  }

  on(event, listener) {
    this.model.on(event, listener);
    this.undo.push(() => this.model.off(event, listener));
  }

  listen() {
    for (const name of NAMES) this.heed(name, (value) => this.change({ [name]: value }));
    this.heed("running", (running) => this.run(running));
    this.heed("seed", (seed) => this.setSeed(seed));
    this.heed("stop", (stop) => this.setStop(stop));
    this.heed("speed", (speed) => this.speed.set(speed));
    this.heed("initial", () => this.reset());
    this.on("msg:custom", (message) => this.obey(message));
    this.undo.push(onState(this.name, (state) => this.open(state, true), this.root));
    const watcher = new IntersectionObserver(([entry]) => {
      this.hidden = !entry.isIntersecting;
      this.frameBegan = undefined;
      this.schedule();
    });
    watcher.observe(this.root);
    this.undo.push(() => watcher.disconnect());
  }

  /** What Python asks for: { do: "reset" }, or { do: "advance", steps }, which ends with the fields sent. */
  obey(message) {
    if (message.do === "reset") this.reset();
    if (message.do !== "advance") return;
    this.run(false);
    if (this.last.stopped) this.goOn();
    this.dish.advance(this.params, message.steps, { tol: null, limit: null });
    this.measure();
    const both = new Float32Array(2 * this.n * this.n);
    both.set(this.last.u);
    both.set(this.last.v, this.n * this.n);
    this.tell({ fields: new DataView(both.buffer) });
  }

  /** Begin with what an address says, as far as it makes sense. */
  open(state, running) {
    const given = (name, low, high, otherwise) => Math.round(numberIn(state[name], low, high, otherwise));
    const named = this.model.get("presets")[Number(state.set)] ?? this.params;
    this.change(Object.fromEntries(
      NAMES.map((name) => [name, numberIn(state[name], ...this.ranges[name], named[name])]),
    ));
    const seed = given("seed", 0, LARGEST_SEED, this.model.get("seed"));
    const speed = given("speed", 1, MOST_STEPS, this.model.get("speed"));
    const stop = ["training", "landscape", "never"].includes(state.stop) ? state.stop : this.model.get("stop");
    this.tell({ seed, speed, stop });
    for (const [control, value] of [[this.seed, seed], [this.speed, speed], [this.stop, stop]]) control.set(value);
    this.chooseEngine(["webgl", "cpu"].includes(state.engine) ? state.engine : this.engineAsked);
    this.reset();
    const paused = given("steps", 0, 1e7, Infinity);
    this.until = paused || Infinity;
    if (state.read) this.reader.open(true);
    this.run(running && paused > 0 && !this.still);
  }

  chooseEngine(asked) {
    if (this.dish.engine && asked === this.engineAsked) return;
    this.engineAsked = asked;
    this.dish.choose(asked ?? this.model.get("engine"));
  }

  /** What the address is to say. */
  shared() {
    const { engineAsked: engine } = this;
    const kept = { ...this.params, ...(engine && { engine }) };
    for (const name of ["seed", "speed", "stop"]) kept[name] = this.model.get(name);
    if (!this.reader.panel.hidden) kept.read = 1;
    // A paused run can be repeated up to this step, unless somebody has interfered with it on the way.
    if (!this.running && this.reproducible) kept.steps = this.last.steps;
    return kept;
  }

  dispose() {
    this.gone = true;
    this.running = false;
    cancelAnimationFrame(this.scheduled);
    clearTimeout(this.sharing);
    for (const undo of this.undo) undo();
    this.dish.dispose();
    this.root.remove();
  }
}

export default {
  render: guarded("The laboratory", (context) => {
    const laboratory = new Laboratory(context);
    return () => laboratory.dispose();
  }),
};
