// The ranking: choose data, noise and budget; see who is ahead, and what each one's answer looks like.

import { choice, element, uniqueId } from "./js/controls.js";
import { guarded, sentence, showMessage } from "./js/message.js";
import { percent } from "./js/numbers.js";
import { decodedSheet, drawTile } from "./js/sheet.js";
import { numberIn, onState, readState, writeState } from "./js/urlstate.js";

/** The column, of those within 1, 5 and 10 %, that decides who is ahead. */
const DECIDES = 1;

export default {
  render: guarded("The ranking", ({ model, el }) => {
    const view = new RankingView(model);
    el.classList.add("gs-widget");
    el.append(view.root);
    view.begin();
    return () => view.dispose();
  }),
};

class RankingView {
  constructor(model) {
    this.model = model;
    this.kinds = model.get("kinds") ?? [];
    if (this.kinds.length === 0) throw new Error("its data are missing. Load the page again, or run the notebook that made it");
    this.budgets = model.get("budgets");
    this.methods = model.get("methods");
    this.stops = [];
    this.build();
  }

  get kind() {
    return this.kinds[Math.min(this.model.get("data"), this.kinds.length - 1)];
  }
  get level() {
    return Math.min(this.model.get("noise"), this.kind.levels.length - 1);
  }
  get look() {
    return Math.min(this.model.get("look"), this.budgets.length - 1);
  }

  build() {
    const titles = this.kinds.map(({ title }, i) => [String(i), title]);
    this.data = choice({ label: "Data", options: titles, value: "0", onchange: (i) => this.byReader({ data: Number(i), noise: 0 }) });
    this.noise = choice({ label: "Noise", options: [], value: "", onchange: (i) => this.byReader({ noise: Number(i) }) });
    this.table = element("table", { class: "gs-ranking-table" });
    this.absent = element("p", { class: "gs-readout" });
    this.told = element("p", { class: "gs-readout", role: "status" });
    this.pictures = element("div", { class: "gs-ranking-pictures" });
    this.root = element("section", { class: "gs-ranking", "aria-label": "The ranking" },
      element("div", { class: "gs-bar" }, this.data.root, this.noise.root), this.buildSlider(), this.told,
      this.table, this.absent, this.pictures);
  }

  buildSlider() {
    const id = uniqueId("budget");
    this.range = element("input", { type: "range", id, class: "gs-range", min: 0, max: this.budgets.length - 1, step: 1 });
    this.range.addEventListener("input", () => this.byReader({ look: Number(this.range.value) }));
    this.spent = element("output", { for: id });
    return element("div", { class: "gs-slider gs-ranking-slider" }, element("label", { for: id }, "Budget"), this.range, this.spent);
  }

  begin() {
    const changed = () => this.show();
    const watched = ["data", "noise", "look"];
    for (const name of watched) this.model.on(`change:${name}`, changed);
    this.stops.push(() => watched.forEach((name) => this.model.off(`change:${name}`, changed)));
    this.stops.push(onState("ranking", (state) => this.take(state), this.root));
    this.take(readState("ranking"));
    this.show();
    decodedSheet(this.model.get("sheet")).then((sheet) => {
      this.sheet = sheet;
      if (!this.gone) this.showPictures();
    }).catch((error) => showMessage(this.root, `The pictures cannot be shown: ${sentence(error)}`));
  }

  set(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.model.save_changes();
  }

  /** What an address says, as far as it makes sense here. */
  take(state) {
    const values = {};
    const known = { data: this.kinds.length, noise: 99, look: this.budgets.length };
    for (const [name, count] of Object.entries(known)) {
      if (state[name]) values[name] = Math.round(numberIn(state[name], 0, count - 1, this.model.get(name)));
    }
    this.set(values);
  }

  byReader(values) {
    this.set(values);
    writeState("ranking", { data: this.model.get("data"), noise: this.level, look: this.look });
  }

  /** Everybody with a number here, the best first: most problems within 5 %, then the smaller error. */
  get ranked() {
    const rows = this.model.get("rows")[this.kind.levels[this.level].scheme][this.look];
    return rows.map((row, i) => ({ ...row, ...this.methods[i] })).filter(({ solved }) => solved).sort(ahead);
  }

  show() {
    this.data.set(String(this.kinds.indexOf(this.kind)));
    this.fillNoise();
    this.range.value = this.look;
    this.spent.textContent = `${plain(this.budgets[this.look])} forward equivalents`;
    this.range.setAttribute("aria-valuetext", this.spent.textContent);
    this.showTable();
    this.showAbsent();
    const text = this.sentences();
    if (this.told.textContent !== text) this.told.textContent = text;
    this.showPictures();
  }

  fillNoise() {
    const options = this.kind.levels.map(({ noise }, i) => element("option", { value: i }, noise ? percentOf(noise) : "none"));
    this.noise.select.replaceChildren(...options);
    this.noise.set(String(this.level));
    this.noise.select.disabled = options.length < 2;
  }

  showTable() {
    const within = this.model.get("within").map((share) => element("th", { scope: "col" }, `≤ ${percentOf(share)}`));
    const head = element("tr", {}, element("th", { scope: "col" }, "Method"), ...within, element("th", { scope: "col" }, "Median error"));
    const problems = this.model.get("problems");
    const rows = this.ranked.map(({ title, solved, error }) => {
      const shares = solved.map((share) => element("td", {}, `${Math.round(share * problems)} of ${problems}`));
      const name = element("th", { scope: "row", style: `--gs-share: ${100 * solved[DECIDES]}%` }, title);
      return element("tr", {}, name, ...shares, element("td", {}, error === null ? "no answer" : percent(error)));
    });
    const caption = element("caption", {}, "Problems solved: all four parameters that close to the truth. Shading: share within 5 %.");
    this.table.replaceChildren(caption, element("thead", {}, head), element("tbody", {}, ...rows));
  }

  showAbsent() {
    const rows = this.model.get("rows")[this.kind.levels[this.level].scheme][this.look];
    const named = (wanted) => this.methods.filter((_, i) => !rows[i].solved && rows[i].run === wanted).map(({ title }) => title);
    const [refused, skipped] = [named(true), named(false)];
    const told = [];
    if (refused.length) told.push(`Does not apply to such data: ${refused.join("; ")}.`);
    if (skipped.length) told.push(`Not run in this profile: ${skipped.join("; ")}.`);
    this.absent.textContent = told.join(" ");
  }

  sentences() {
    const [first] = this.ranked;
    if (!first) return "No method was run on such data.";
    const problems = this.model.get("problems");
    const solved = Math.round(first.solved[DECIDES] * problems);
    if (solved === 0) return `After ${this.spent.textContent} nobody has solved one of the ${problems} problems within 5 %.`;
    return `After ${this.spent.textContent}, ahead: ${first.title}, with ${solved} of ${problems} problems within 5 %.`;
  }

  /** The target's picture, then everybody's in the order of the table. */
  showPictures() {
    if (!this.sheet) return;
    const target = this.picture(0, `Target: ${this.model.get("target")}`);
    this.pictures.replaceChildren(target, ...this.ranked.map(({ tile, title }, i) => this.picture(tile, `${i + 1}. ${title}`)));
  }

  picture(tile, title) {
    const { across, lost } = this.sheet;
    const missing = tile < 0 ? "no answer" : lost.includes(tile) ? "its run is lost" : "";
    const caption = element("figcaption", {}, missing ? `${title} (${missing})` : title);
    const canvas = element("canvas", { class: "gs-picture", role: "img", "aria-label": `Pattern of ${title}${missing ? `: ${missing}` : ""}` });
    if (!missing) drawTile(canvas, this.sheet, Math.floor(tile / across), tile % across);
    else canvas.classList.add("gs-missing");
    return element("figure", {}, canvas, caption);
  }

  dispose() {
    this.gone = true;
    for (const stop of this.stops) stop();
    this.root.remove();
  }
}

/** Which of two methods stands higher. */
function ahead(one, other) {
  const error = ({ error }) => error ?? Number.POSITIVE_INFINITY;
  if (one.solved[DECIDES] !== other.solved[DECIDES]) return other.solved[DECIDES] - one.solved[DECIDES];
  return error(one) === error(other) ? 0 : error(one) - error(other);
}

/** A share in percent without needless digits: 1 %, 0.1 %. */
const percentOf = (share) => `${Number((100 * share).toPrecision(3))} %`;

const plain = (x) => Number(x.toPrecision(3)).toLocaleString("en");
