/* A button that prints the page; without scripts there is none, and Ctrl+P does the same. */
(() => {
  "use strict";
  const button = document.getElementById("print");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => window.print());
})();
