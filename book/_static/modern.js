// Says that this browser reads the language of the widgets' code; one that does not stops before the last line.
(function () {
  let a = null;
  a ??= { b: 1 };
  document.documentElement.toggleAttribute("data-modern", a?.b === 1);
})();
