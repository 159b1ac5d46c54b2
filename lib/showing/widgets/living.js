// The dish on the front page: the laboratory's engine and brush, and one button. Not a widget: no kernel, no manager.
import { button } from "./js/controls.js";
import { Dish } from "./js/dish.js";
import { initialState } from "./js/initial.js";

const STEPS_A_FRAME = 12;
const FRAME_BUDGET = 20; // ms of a frame that the CPU engine may compute
/** Where motion is not wanted, a dish that has grown for so many steps stands still. */
const GROWN = 6000;
const FREE = { tol: null, limit: null };

class Living {
  constructor(place) {
    this.params = JSON.parse(place.dataset.params);
    this.dish = new Dish({
      n: Number(place.dataset.size),
      colour: () => [0.5, 0.25],
      painted: () => this.run(true),
      pressed: (key) => key === "p" && (this.run(!this.running), true),
      notice: () => {},
    });
    this.button = button("Pause", () => this.run(!this.running), { class: "gs-button living-button" });
    place.replaceChildren(this.dish.root, this.button);
    place.living = this; // for tests, and for the curious at the browser's console
    this.dish.choose("auto");
    this.dish.load(initialState(this.dish.n, Number(place.dataset.seed)));
    this.dish.read();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) this.grow();
    else this.run(true);
    new IntersectionObserver(([entry]) => {
      this.hidden = !entry.isIntersecting;
      this.schedule();
    }).observe(place);
  }

  run(running) {
    this.running = running;
    this.button.textContent = running ? "Pause" : "Run";
    this.schedule();
  }

  schedule() {
    if (this.scheduled || !this.running || this.hidden) return;
    this.scheduled = requestAnimationFrame(() => {
      this.scheduled = 0;
      this.dish.advance(this.params, STEPS_A_FRAME, FREE, performance.now() + FRAME_BUDGET);
      this.schedule();
    });
  }

  /** Take the steps without showing them, a little at a time, so that the page stays at hand. */
  grow() {
    this.run(false);
    this.dish.engine.advance(this.params, 200, FREE, performance.now() + FRAME_BUDGET);
    if (this.dish.engine.steps < GROWN && !this.running) setTimeout(() => this.grow(), 0);
    else this.dish.draw();
  }
}

for (const place of document.querySelectorAll(".living")) new Living(place);
