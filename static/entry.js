/* The entry sheet: what its parts share, and the small things of the page. */
import { LiveFigures } from "./entry-figures.js";
import { listenToKeys } from "./entry-keys.js";
import { ManyRows } from "./entry-many.js";
import { Row } from "./entry-rows.js";
import { Saving } from "./entry-saving.js";
import { Storage } from "./entry-storage.js";

const table = document.getElementById("entry");

/* --- looking at the table, whether or not one may type in it ------------------------------ */

/* An address of the page with a row's or a cell's place: #row-1.1, #row-1.1-narrative. */
function goToPlace() {
  const place = decodeURIComponent(location.hash).match(/^#row-(\d+\.\d+)(?:-(\w+))?$/);
  const body = place && document.getElementById(`row-${place[1]}`);
  if (!body) return;
  body.scrollIntoView({ block: "center" });
  const cells = [...body.querySelectorAll("[data-column]")].filter((one) => !one.closest("[hidden]"));
  (cells.find((one) => one.dataset.column === place[2]) ?? body.querySelector(".title")).focus({ preventScroll: true });
}

function unfold(event) {
  const title = event.target.closest(".title");
  if (!title) return;
  title.setAttribute("aria-expanded", String(title.getAttribute("aria-expanded") !== "true"));
}

/* Somebody's half-written letter or link: fetching the panel anew would wipe it. */
const isTypedIn = (panel) => [...panel.querySelectorAll("input:not([type=hidden], [type=checkbox], [type=radio]), textarea")]
  .some((field) => field.value !== field.defaultValue);

function fillPanel(event) {
  if (!event.target.matches("details.panel") || !event.target.open || isTypedIn(event.target)) return;
  htmx.trigger(event.target, "open-panel");
}

/* --- sources ----------------------------------------------------------------------------- */

const linesOf = (body, source) => body.querySelectorAll(source ? `.source-line[data-source="${source}"]` : ".source-line");

function reveal(body, source) {
  for (const line of linesOf(body, source)) line.hidden = false;
}

function listenToSources() {
  const shownAtFirst = new Set([...table.querySelectorAll(".source-line:not([hidden])")]);
  table.addEventListener("click", (event) => {
    const more = event.target.closest(".more-sources");
    if (!more) return;
    const body = more.closest("tbody");
    reveal(body);
    more.hidden = true;
    [...body.querySelectorAll("input.amount")].find((input) => !shownAtFirst.has(input.closest(".source-line")))?.focus();
  });
  table.addEventListener("reveal", (event) => {
    const line = event.detail.closest(".source-line");
    if (line) reveal(line.closest("tbody"), line.dataset.source);
  });
  const all = document.getElementById("all-sources");
  all?.addEventListener("click", () => {
    const shows = all.getAttribute("aria-pressed") !== "true";
    all.setAttribute("aria-pressed", String(shows));
    for (const body of table.querySelectorAll("tbody[data-row]")) {
      for (const line of linesOf(body)) {
        // Nothing hides a sum.
        const holdsSum = [...body.querySelectorAll(`.source-line[data-source="${line.dataset.source}"] input`)].some((one) => one.value);
        line.hidden = !(shows || shownAtFirst.has(line) || holdsSum);
      }
      const more = body.querySelector(".more-sources");
      if (more) more.hidden = shows;
    }
  });
}

/* --- texts -------------------------------------------------------------------------------- */

const growsByItself = CSS.supports("field-sizing", "content");

function measure(area) {
  const signs = [...area.value].length;
  const longest = Number(area.dataset.longest);
  const count = area.nextElementSibling;
  count.textContent = signs ? `${signs.toLocaleString("uk")} з ${longest.toLocaleString("uk")}` : "";
  count.classList.toggle("too-long", signs > longest);
  if (growsByItself) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

function listenToTexts() {
  table.querySelectorAll("textarea").forEach(measure);
  for (const kind of ["input", "put"]) {
    table.addEventListener(kind, (event) => {
      if (event.target.matches("textarea[data-longest]")) measure(event.target);
    });
  }
}

function takeLastYear(saving, event) {
  const button = event.target.closest(".take-last-year");
  if (!button) return;
  const row = saving.rowOf(button);
  const narrative = row.inputs.get(`${row.key}-narrative`);
  const state = row.inputs.get(`${row.key}-execution_state`);
  // What is already there stays.
  if (!narrative.value.includes(button.dataset.narrative)) {
    narrative.value = [narrative.value, button.dataset.narrative].filter(Boolean).join("\n");
  }
  state.value ||= button.dataset.state;
  narrative.dispatchEvent(new Event("input", { bubbles: true }));
  narrative.focus();
}

/* --- all together --------------------------------------------------------------------------- */

if (table) {
  table.addEventListener("click", unfold);
  table.addEventListener("toggle", fillPanel, true);
  window.addEventListener("hashchange", goToPlace);
  if (table.dataset.user) {
    const editable = [...table.querySelectorAll("tbody[data-row][hx-post]")].map((body) => new Row(body));
    const rows = new Map(editable.map((row) => [row.key, row]));
    const saving = new Saving(table, rows, new Storage(table.dataset.user, table.dataset.report));
    listenToSources();
    listenToTexts();
    listenToKeys(table, saving);
    new LiveFigures(table, saving);
    new ManyRows(table, saving);
    table.addEventListener("click", (event) => takeLastYear(saving, event));
    // By then htmx listens to the rows.
    document.addEventListener("DOMContentLoaded", () => saving.recallAll());
  }
  goToPlace();
}
