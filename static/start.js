/* The start page: rows that were typed and not saved, from this browser's own memory. See entry-storage.js. */
import { Storage } from "./entry-storage.js";

const block = document.getElementById("unsaved");
const plural = new Intl.PluralRules("uk");
const WORDS = { one: "рядок", few: "рядки", many: "рядків", other: "рядка" };

/* To the cell that was typed in first: «r12-narrative», «r12-3-actual». */
function link(url, code, memory) {
  const [name = ""] = Object.keys(memory.typed ?? {});
  const column = name.split("-").at(-1);
  const element = document.createElement("a");
  element.href = `${url}#row-${code}${column && `-${column}`}`;
  element.textContent = `захід ${code}`;
  return element;
}

function show() {
  let found = 0;
  for (const item of block.querySelectorAll("[data-report]")) {
    const storage = new Storage(block.dataset.user, item.dataset.report);
    const rows = item.dataset.rows.split(" ").map((pair) => pair.split("="));
    const kept = rows.map(([key, code]) => ({ code, memory: storage.kept({ key }) })).filter((one) => one.memory);
    item.hidden = kept.length === 0;
    found += kept.length;
    const count = item.querySelector("[data-count]");
    count.textContent = `${kept.length} ${WORDS[plural.select(kept.length)]} не збережено:`;
    count.parentElement.replaceChildren(count, ...kept.flatMap((one) => [" ", link(item.dataset.url, one.code, one.memory)]));
  }
  block.hidden = found === 0;
}

show();
// Another tab saves or types on; coming back, a browser shows the page as it was left.
window.addEventListener("storage", show);
window.addEventListener("pageshow", (event) => { if (event.persisted) show(); });
