// The controls of the Laboratory; what they do is the Laboratory's.
import { button, choice, element, numberField, slider } from "./controls.js";

export const NAMES = ["Du", "Dv", "F", "k"];
export const MOST_STEPS = 200;
export const LARGEST_SEED = 2 ** 32 - 1;
const LABELS = { Du: "Dᵤ, spread of u", Dv: "Dᵥ, spread of v", F: "F, feed rate", k: "k, kill rate" };

/** All controls of a laboratory, by name, and the three groups they stand in. */
export function knobs(lab) {
  const made = { ...runKnobs(lab), ...parameterKnobs(lab), ...toolKnobs(lab) };
  const sliders = NAMES.map((name) => made.sliders[name].root);
  const bar = element("div", { class: "gs-bar" }, made.brush.root, made.stop.root);
  return {
    ...made,
    bar: group("The run", "gs-bar", made.playButton, made.singleButton, made.afreshButton, made.seed.root),
    parameters: group("Parameters", "gs-parameters", made.presets.root, ...sliders),
    tools: group("Tools", "gs-tools", made.speed.root, bar),
  };
}

function group(name, style, ...children) {
  return element("div", { class: style, role: "group", "aria-label": name }, ...children);
}

function runKnobs(lab) {
  const seed = numberField({
    label: "Seed",
    low: 0,
    high: LARGEST_SEED,
    value: lab.model.get("seed"),
    onchange: (value) => lab.byReader(() => lab.setSeed(value)),
  });
  return {
    playButton: button("Run", () => lab.byReader(() => lab.run(!lab.running))),
    singleButton: button("One step", () => lab.byReader(() => lab.single())),
    afreshButton: button("Start afresh", () => lab.byReader(() => lab.reset())),
    seed,
  };
}

function parameterKnobs(lab) {
  const knob = (name) =>
    slider({
      label: LABELS[name],
      low: lab.ranges[name][0],
      high: lab.ranges[name][1],
      step: 0.0001,
      value: lab.params[name],
      oninput: (value) => lab.byReader(() => lab.change({ [name]: value })),
    });
  const presets = choice({
    label: "Parameters of",
    value: "",
    options: [["", "your own"], ...lab.model.get("presets").map(({ name }, i) => [String(i), name])],
    onchange: (key) => lab.byReader(() => lab.preset(key)),
  });
  return { presets, sliders: Object.fromEntries(NAMES.map((name) => [name, knob(name)])) };
}

function toolKnobs(lab) {
  const limit = `${lab.model.get("limit").toLocaleString("en")} steps`;
  const brush = choice({
    label: "Brush",
    value: "sow",
    options: [["sow", "sows (u ½, v ¼)"], ["wipe", "wipes clean"]],
    onchange: () => {},
  });
  const speed = slider({
    label: "Steps a frame",
    low: 1,
    high: MOST_STEPS,
    step: 1,
    digits: 0,
    value: lab.model.get("speed"),
    oninput: (value) => lab.byReader(() => lab.tell({ speed: Math.round(value) })),
  });
  const stop = choice({
    label: "Stop",
    value: lab.model.get("stop"),
    options: [["never", "when I say so"], ["training", `when steady, or after ${limit}`], ["landscape", `after ${limit}`]],
    onchange: (value) => lab.byReader(() => lab.setStop(value)),
  });
  return { brush, speed, stop };
}
