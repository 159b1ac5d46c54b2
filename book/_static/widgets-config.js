// Loaded on pages with widgets, after require.js and before the widget manager.
(function () {
  "use strict";

  // 1. Widget modules such as anywidget are found beside this book's scripts, not on a public host.
  window.requirejs.config({ baseUrl: new URL("vendor/", document.currentScript.src).href });

  // 2. The theme's Font Awesome turns every <i> into an <svg>, which takes the icons of ipywidgets'
  //    buttons away from under it (Play stops working).
  function keepIcons() {
    if (window.FontAwesome) window.FontAwesome.noAuto();
  }

  // 3. The widget manager typesets labels through MathJax 2's queue; the book carries MathJax 3.
  function offerQueue() {
    if (!window.MathJax || !window.MathJax.startup) return;
    window.MathJax.Hub = {
      Queue: function (command) {
        const element = command[command.length - 1];
        window.MathJax.startup.promise.then(() => window.MathJax.typesetPromise([element]));
      },
    };
  }

  // Both scripts have run by then, and the widget manager, which also waits for this event, has not.
  window.addEventListener("load", function () {
    keepIcons();
    offerQueue();
  });
})();
