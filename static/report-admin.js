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

  table.addEventListener("click", (event) => {
    const button = event.target.closest(".take-theirs");
    if (!button) return;
    const input = document.getElementById(button.dataset.for);
    input.value = button.dataset.value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  });
})();
