/* The report's table: asks the server for percents and totals while somebody types; computes nothing itself. */
(() => {
  "use strict";
  const table = document.getElementById("results");
  if (!table || !table.querySelector("input")) return;
  const form = table.closest("form");
  const counted = /^r\d+-(?:\d+-(?:planned|actual|financed)|stated_percent|seen)$/;
  let timer = 0;
  let asked = 0;

  async function refresh() {
    const question = ++asked;
    const data = new FormData();
    for (const [name, value] of new FormData(form)) {
      if (counted.test(name) || name === "csrfmiddlewaretoken") data.append(name, value);
    }
    try {
      const answer = await fetch(table.dataset.figuresUrl, { method: "POST", body: data });
      if (!answer.ok || question !== asked) return;
      for (const [id, text] of Object.entries(await answer.json())) {
        const output = document.getElementById(id);
        if (output && output.textContent !== text) output.textContent = text;
      }
    } catch {
      // Without a connection the figures stay as they were; saving will say so.
    }
  }

  table.addEventListener("input", (event) => {
    if (!event.target.classList.contains("amount")) return;
    clearTimeout(timer);
    timer = setTimeout(refresh, 400);
  });

  /* As in a spreadsheet: Enter goes down the column; Ctrl+Enter saves and comes back to the same cell. */
  const place = `place:${location.pathname}`;

  table.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[name=_continue]"));
      return;
    }
    if (event.target.tagName !== "INPUT") return;
    event.preventDefault();
    const column = event.target.name.replace(/^r\d+/, "");
    const cells = [...table.querySelectorAll("input")].filter((one) => one.name.replace(/^r\d+/, "") === column);
    const next = cells[cells.indexOf(event.target) + (event.shiftKey ? -1 : 1)];
    next?.focus();
    next?.select();
  });

  form.addEventListener("submit", (event) => {
    if (event.submitter?.name !== "_continue" || !table.contains(document.activeElement)) return;
    sessionStorage.setItem(place, document.activeElement.id);
  });

  const held = sessionStorage.getItem(place);
  sessionStorage.removeItem(place);
  if (held && !document.querySelector(".errornote")) document.getElementById(held)?.focus();

  table.addEventListener("click", (event) => {
    const button = event.target.closest(".take-theirs");
    if (!button) return;
    const input = document.getElementById(button.dataset.for);
    input.value = button.dataset.value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  });
})();
