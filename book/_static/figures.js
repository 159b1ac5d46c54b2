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

/** A button that shows a figure as large as it is meant to be, where the column is narrower; a click on the picture does so too. */
function enlarger(image) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "enlarge", textContent: "enlarge", hidden: true });
  const show = () => {
    const sheet = document.createElement("dialog");
    const large = document.createElement("img");
    const close = document.createElement("button");
    sheet.className = "enlarged";
    sheet.ariaLabel = "The figure, enlarged";
    Object.assign(large, { src: image.src, alt: image.alt, width: image.naturalWidth / DENSITY });
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

/** Tell the style sheet how wide each figure is meant to be: on a phone it scrolls rather than shrink to nothing. */
function keepLegible() {
  for (const image of document.querySelectorAll("article figure img")) {
    const figure = image.closest("figure");
    const button = enlarger(image);
    figure.querySelector("figcaption")?.append(button);
    const tell = () => image.style.setProperty("--meant-wide", `${image.naturalWidth / DENSITY / 16}rem`);
    if (image.complete) tell();
    image.addEventListener("load", tell);
    // What scrolls must be within reach of the keyboard; what does not is no stop on its way.
    new ResizeObserver(() => {
      const slides = figure.scrollWidth > figure.clientWidth;
      if (slides) figure.tabIndex = 0;
      else figure.removeAttribute("tabindex");
      figure.toggleAttribute("data-slides", slides);
      button.hidden = image.naturalWidth / DENSITY < 1.1 * image.clientWidth;
    }).observe(image);
  }
}
