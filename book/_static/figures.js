// On a dark page each figure shows the picture that was made for one.

const root = document.documentElement;

function figures() {
  return [...document.querySelectorAll(".dark-picture a")].flatMap((link) => {
    const name = link.pathname.split("/").pop().replace(/\.dark\.png$/, "");
    const image = document.getElementById(name)?.querySelector("img");
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
  new MutationObserver(show).observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  addEventListener("beforeprint", () => all.forEach(({ image, light }) => image.setAttribute("src", light)));
  addEventListener("afterprint", show);
  show();
});
