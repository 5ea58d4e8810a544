/* The admin's search boxes over lists get the name of their field: select2 gives them none. */
(() => {
  "use strict";
  const nameOf = (select) => document.querySelector(`label[for="${select.id}"]`)?.textContent
    ?? select.closest("table")?.querySelectorAll("thead th")[select.closest("td")?.cellIndex]?.textContent ?? "";

  function name() {
    for (const shown of document.querySelectorAll(".select2-selection__rendered:not([aria-label])")) {
      const select = shown.closest(".select2-container").previousElementSibling;
      if (select?.matches("select")) shown.setAttribute("aria-label", nameOf(select).trim().replace(/:$/, ""));
    }
  }
  // They come after the page, and with every row that is added.
  new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
})();
