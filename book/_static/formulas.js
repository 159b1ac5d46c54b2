// A displayed formula that is wider than the column slides. Then, and only then, the keyboard must reach it.
addEventListener("load", () => {
  window.MathJax?.startup?.promise.then(() => {
    for (const formula of document.querySelectorAll('mjx-container[display="true"]')) watch(formula);
  });
});

/** A formula is a stop of the Tab key as long as it slides. */
function watch(formula) {
  new ResizeObserver(() => {
    if (formula.scrollWidth > formula.clientWidth) {
      formula.tabIndex = 0;
      formula.setAttribute("role", "group"); // or it may have no name
      formula.setAttribute("aria-label", "A formula that slides");
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) formula.removeAttribute(name);
    }
  }).observe(formula);
}
