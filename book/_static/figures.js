// On a dark page each figure shows the picture that was made for one. On paper every page is a light one.

const root = document.documentElement;

function figures() {
  const pictures = [...document.querySelectorAll("article figure img")];
  const above = (link) => pictures.filter((image) => image.compareDocumentPosition(link) & Node.DOCUMENT_POSITION_FOLLOWING).pop();
  return [...document.querySelectorAll(".dark-picture a")].flatMap((link) => {
    const name = link.pathname.split("/").pop().replace(/\.dark\.png$/, "");
    const image = document.getElementById(name)?.querySelector("img") ?? above(link);
    return image ? [{ image, light: image.getAttribute("src"), dark: link.getAttribute("href") }] : [];
  });
}

document.addEventListener("DOMContentLoaded", () => {
  const all = figures();
  const show = () => {
    const dark = root.dataset.theme === "dark";
    for (const { image, light, dark: other } of all) {
      image.classList.toggle("in-dark", dark);
      image.setAttribute("src", dark ? other : light);
    }
  };
  keepLegible();
  nameTheHome();
  offerPrinting();
  new MutationObserver(show).observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  show();
  forPaper(matchMedia("print"));
});

/** The book's title, above the contents, belongs to the navigation too: it leads to the front page. */
function nameTheHome() {
  const home = document.querySelector(".bd-sidebar-primary .navbar-brand")?.parentElement;
  home?.setAttribute("role", "navigation");
  home?.setAttribute("aria-label", "The book");
}

/** The theme's button for a PDF is the browser's way to print: its own code in an attribute may not run here. */
function offerPrinting() {
  for (const button of document.querySelectorAll(".btn-download-pdf-button")) {
    button.addEventListener("click", () => window.print());
  }
}

/** Turn the page light while it is printed, with all that follows the theme: text, figures, widgets. */
function forPaper(paper) {
  let theme;
  const turn = () => {
    if (paper.matches && theme === undefined) {
      theme = root.dataset.theme;
      root.dataset.theme = "light";
    } else if (!paper.matches && theme !== undefined) {
      root.dataset.theme = theme;
      theme = undefined;
    }
  };
  paper.addEventListener("change", turn);
  turn();
}

/** Figures have more pixels than they are meant to take (figure.dpi in lib/showing/figures/style.py, over 110), for sharp screens. */
const DENSITY = 160 / 110;
/** What is around a picture inside its frame, and to the right of a figure that breaks out of the column: pixels. */
const FRAME = 30, RIM = 16;
/** A figure's smallest letters (SMALLEST in style.py) are as large as the text's where it is so many times as large as it is meant to be. */
const ENLARGED = 1.15;
/** Films are shown somewhat larger than they are. */
const FILM = 1.2;

/** A button that shows a figure with letters of the text's size, where the page has no room for that; a click on the picture does so too. */
function enlarger(image) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "enlarge", textContent: "enlarge", hidden: true });
  const show = () => {
    const sheet = document.createElement("dialog");
    const large = document.createElement("img");
    const close = document.createElement("button");
    sheet.className = "enlarged";
    sheet.ariaLabel = "The figure, enlarged";
    Object.assign(large, { src: image.src, alt: image.alt, width: ENLARGED * image.naturalWidth / DENSITY });
    Object.assign(close, { type: "button", textContent: "close", onclick: () => sheet.close() });
    sheet.addEventListener("close", () => sheet.remove());
    sheet.append(close, large);
    document.body.append(sheet);
    sheet.showModal();
  };
  button.addEventListener("click", show);
  image.addEventListener("click", (event) => {
    if (button.hidden) return;
    event.preventDefault(); // of the link to the file around it
    show();
  });
  return button;
}

/** Give each figure the room that its letters need: beyond the column where there is some, else it slides under its caption. */
function keepLegible() {
  const broken = new Set();
  for (const image of document.querySelectorAll("article figure img")) {
    const figure = image.closest("figure");
    const button = enlarger(image);
    figure.querySelector("figcaption")?.append(button);
    const place = () => {
      const meant = image.naturalWidth / DENSITY + FRAME;
      image.style.setProperty("--meant-wide", `${meant / 16}rem`);
      breakOut(figure, meant);
      broken[figure.classList.contains("breaks-out") ? "add" : "delete"](figure);
    };
    if (image.complete) place();
    image.addEventListener("load", place);
    // The column changes after the window has: bars at its sides come in slowly.
    new ResizeObserver(place).observe(figure.parentElement);
    observeSliding(figure, image);
    new ResizeObserver(() => {
      button.hidden = ENLARGED * image.naturalWidth / DENSITY < 1.2 * (image.clientWidth - FRAME);
    }).observe(image);
  }
  for (const film of document.querySelectorAll("article figure video")) {
    const figure = film.closest("figure");
    film.style.setProperty("--meant-wide", `${FILM * Number(film.getAttribute("width")) / 16}rem`);
    observeSliding(figure, film);
  }
  stepAside(broken);
}

/** Let a figure be wider than the column, as far as the window goes. */
function breakOut(figure, meant) {
  figure.style.width = "";
  const room = document.documentElement.clientWidth - figure.getBoundingClientRect().left - RIM;
  const column = figure.clientWidth;
  const out = meant > column && room > column;
  figure.classList.toggle("breaks-out", out);
  if (out) figure.style.width = `${Math.min(meant, room)}px`;
}

/** Whether a figure slides changes with its own width as well as with that of what it shows. */
function observeSliding(figure, shown) {
  const observer = new ResizeObserver(() => tellWhetherItSlides(figure));
  observer.observe(figure);
  observer.observe(shown);
}

/** What scrolls must be within reach of the keyboard; what does not is no stop on its way. */
function tellWhetherItSlides(figure) {
  const slides = figure.scrollWidth > figure.clientWidth + 1;
  if (slides) figure.tabIndex = 0;
  else figure.removeAttribute("tabindex");
  figure.toggleAttribute("data-slides", slides);
}

/** The list of a page's sections makes way for a figure that reaches under it. */
function stepAside(broken) {
  const list = document.querySelector(".bd-sidebar-secondary");
  if (!list) return;
  let asked = false;
  const look = () => {
    asked = false;
    const inner = list.querySelector(".sidebar-secondary-items") ?? list;
    const { top, bottom } = inner.getBoundingClientRect();
    const under = [...broken].some((figure) => {
      const place = figure.getBoundingClientRect();
      return place.top < bottom && place.bottom > top;
    });
    list.classList.toggle("steps-aside", under);
  };
  const ask = () => {
    if (!asked) requestAnimationFrame(look);
    asked = true;
  };
  for (const event of ["scroll", "resize", "load"]) addEventListener(event, ask, { passive: true });
  ask();
}
