// Colours and type of the page a canvas stands on, and a call when they change.

/** The page's colours as a canvas wants them, read off a widget's element. */
export function inkOf(root) {
  const style = getComputedStyle(root);
  const named = (name) => style.getPropertyValue(name).trim() || style.color;
  return {
    text: style.color,
    muted: named("--gs-muted"),
    border: named("--gs-border"),
    accent: named("--gs-accent"),
    second: named("--gs-second"),
    font: (size) => `${size}px ${style.fontFamily}`,
  };
}

/** Call `changed` when the page turns dark or light; returns how to stop. */
export function onTheme(changed) {
  const observer = new MutationObserver(changed);
  const attributeFilter = ["data-theme", "data-jp-theme-name", "data-jp-theme-light"];
  for (const watched of [document.documentElement, document.body]) {
    observer.observe(watched, { attributes: true, attributeFilter });
  }
  return () => observer.disconnect();
}

/** How much larger than usual the page's type is: drawings grow with it, on a wall of a screen. */
export function enlarged() {
  return Math.max(1, Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1);
}

/** An element's width in a drawing's units: CSS pixels, or more of them where the page's type is larger. */
export function widthOf(element) {
  return Math.floor(element.clientWidth / enlarged());
}

/** Call `changed(width)` when an element's width changes, and once now; returns how to stop. */
export function onWidth(element, changed) {
  let last = 0;
  const observer = new ResizeObserver(() => {
    const width = widthOf(element);
    if (width > 0 && width !== last) changed((last = width));
  });
  observer.observe(element);
  return () => observer.disconnect();
}

/** Whether the reader asked for less motion. */
export function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
