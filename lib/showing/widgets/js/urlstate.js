// A widget's state in the address, so that any view can be shared: #laboratory.F=0.035&laboratory.k=0.065.
// Several widgets of a page share the part behind the #, each under its own name.

/** What the address says about the widget of that name, as an object of strings. */
export function readState(name, hash = location.hash) {
  const prefix = `${name}.`;
  const own = [...entries(hash)].filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}

/** The part behind the # with the widget's state replaced; what belongs to others stays. */
export function withState(name, values, hash = location.hash) {
  const result = new URLSearchParams();
  for (const [key, value] of entries(hash)) if (!key.startsWith(`${name}.`)) result.append(key, value);
  for (const [key, value] of Object.entries(values)) result.append(`${name}.${key}`, String(value));
  const text = result.toString();
  return text ? `#${text}` : "";
}

/** Write a widget's state into the address, without an entry in the browser's history. */
export function writeState(name, values) {
  if (isLab()) return;
  history.replaceState(history.state, "", `${location.pathname}${location.search}${withState(name, values)}`);
}

/**
 * Call `listener(state)` when the reader changes the address or follows a link, and bring the widget into sight;
 * returns how to stop.
 */
export function onState(name, listener, root) {
  const changed = () => {
    const state = readState(name);
    if (Object.keys(state).length === 0) return;
    listener(state);
    root.scrollIntoView({ block: "nearest" });
  };
  // A link to where the address is already changes nothing, so the browser reports nothing.
  const again = ({ target }) => {
    const link = target.closest?.("a[href*='#']");
    if (link?.href === location.href) changed();
  };
  addEventListener("hashchange", changed);
  addEventListener("click", again);
  return () => {
    removeEventListener("hashchange", changed);
    removeEventListener("click", again);
  };
}

/** A number from the address between two bounds, or the other value where it is none. */
export function numberIn(text, low, high, otherwise) {
  const value = Number.parseFloat(text);
  return Number.isFinite(value) ? Math.min(Math.max(value, low), high) : otherwise;
}

/** An anchor such as #a-heading is none of ours and holds no state. */
function entries(hash) {
  return hash.includes("=") ? new URLSearchParams(hash.replace(/^#/, "")) : [];
}

/** JupyterLab's address belongs to JupyterLab. */
function isLab() {
  return document.body.dataset.jpThemeName !== undefined;
}
