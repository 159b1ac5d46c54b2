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
        window.MathJax.startup.promise.then(function () {
          window.MathJax.typesetPromise([element]);
        });
      },
    };
  }

  // 4. Where widgets cannot come up at all, the page says so in their places. This file is written for old
  //    browsers, which cannot even read the widgets' own code, nor modern.js, the file before this one;
  //    scripts that do not arrive make an error event.
  function modern() {
    return document.documentElement.hasAttribute("data-modern");
  }

  function sayInPlace(reason) {
    const places = document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]');
    for (let i = 0; i < places.length; i++) {
      const before = places[i].previousSibling;
      if (before && before.className === "widget-failed") continue;
      const box = document.createElement("p");
      box.className = "widget-failed";
      box.setAttribute("role", "alert");
      box.textContent = "Here belongs a widget, which cannot be shown: " + reason + " The rest of the page does not need it.";
      places[i].parentNode.insertBefore(box, places[i]);
    }
  }

  function onMissing(event) {
    const missing = event.target && event.target.tagName === "SCRIPT" ? event.target.src : "";
    if (!/\/vendor\//.test(missing) || /mathjax/.test(missing)) return;
    const say = function () {
      sayInPlace("the file " + missing.split("/").pop() + " did not arrive. Load the page again.");
    };
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", say);
    else say();
  }
  window.addEventListener("error", onMissing, true);

  // Both scripts have run by then, and the widget manager, which also waits for this event, has not.
  window.addEventListener("load", function () {
    keepIcons();
    offerQueue();
    if (!modern()) sayInPlace("this browser is too old for it.");
  });
})();
