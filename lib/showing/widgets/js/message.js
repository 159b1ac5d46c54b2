// What a widget says where it stands when something is missing or breaks, while the page goes on.

/** A box with a sentence in it, put in front of what `root` holds; kind is "error" or "note". */
export function showMessage(root, text, kind = "error") {
  const box = document.createElement("p");
  box.className = `gs-message gs-${kind}`;
  box.setAttribute("role", kind === "error" ? "alert" : "status");
  box.textContent = text;
  root.prepend(box);
  return box;
}

/** An anywidget `render` that ends in a message in place, not in an exception, whatever goes wrong. */
export function guarded(name, render) {
  return (context) => {
    // JupyterLab takes the arrow keys for itself, from sliders too, unless the control with the focus objects.
    context.el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = "true"));
    try {
      return render(context);
    } catch (error) {
      context.el.replaceChildren();
      context.el.classList.add("gs-widget");
      showMessage(context.el, `${name} cannot be shown: ${sentence(error)}`);
      return undefined;
    }
  };
}

/** An error's own words, ended like a sentence. */
export function sentence(error) {
  const text = String(error?.message ?? error).trim();
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
