// Training runs laid over a plane, and played iteration by iteration.

import { plainNumber } from "./axes.js";
import { projected } from "./atlas.js";
import { drawDot, drawLine } from "./plane.js";

/** The runs a choice stands for: none, all, or the one of that name. */
export function chosenPaths(paths, name) {
  if (name === "all") return paths;
  return paths.filter((path) => path.name === name);
}

/** The last iteration any of these runs has. */
export function lastFrame(paths) {
  return Math.max(0, ...paths.map((path) => path.params.length - 1));
}

/** Draw runs up to an iteration: a line, a dot for each iteration, a larger one for the newest. */
export function drawPaths(context, plane, box, paths, frame, endings) {
  for (const path of paths) {
    const points = path.params.slice(0, frame + 1).map((p) => projected(plane, p));
    drawLine(context, plane, box, points, { colour: "#ffffff", width: 1.2, halo: "#14181d" });
    points.forEach((point, i) => {
      const newest = i === points.length - 1;
      const colour = endings[path.outcomes?.[i]]?.colour ?? "#ffffff";
      if (newest || paths.length === 1) drawDot(context, plane, box, point, { colour, radius: newest ? 6 : 3 });
    });
  }
}

/** What a run says at an iteration, as a sentence. */
export function pathSentence(path, frame, endings) {
  const i = Math.min(frame, path.params.length - 1);
  const numbers = ["Du", "Dv", "F", "k"].map((name, j) => `${name} ${path.params[i][j].toFixed(4)}`).join(", ");
  const loss = path.losses?.[i];
  const score = Number.isFinite(loss) ? `, loss ${plainNumber(loss)}` : "";
  const ending = endings[path.outcomes?.[i]]?.name;
  const step = path.iterations?.[i] ?? i;
  return `${path.label}, iteration ${step}: ${numbers}${score}${ending ? `; most of its simulations ended ${ending}` : ""}.`;
}
