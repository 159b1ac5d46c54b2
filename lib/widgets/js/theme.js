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

/** Call `changed(width)` when an element's width changes, and once now; returns how to stop. */
export function onWidth(element, changed) {
  let last = 0;
  const observer = new ResizeObserver(() => {
    const width = Math.floor(element.clientWidth);
    if (width > 0 && width !== last) changed((last = width));
  });
  observer.observe(element);
  return () => observer.disconnect();
}

/** Whether the reader asked for less motion. */
export function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
