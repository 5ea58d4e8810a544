/* The keyboard: Enter and arrows go along a column as in a spreadsheet, Ctrl and an arrow from row to row,
   Ctrl+S saves, Escape folds. */

const isAtStart = (area) => area.selectionStart === 0 && area.selectionEnd === 0;
const isAtEnd = (area) => area.selectionStart === area.value.length && area.selectionEnd === area.value.length;

/* How many rows down the key goes; 0 for a key that stays the input's own. */
function steps(event, input) {
  const isText = input.tagName === "TEXTAREA";
  if (event.key === "Enter") {
    if (isText && !event.ctrlKey) return 0;
    return event.shiftKey ? -1 : 1;
  }
  if (event.ctrlKey || event.altKey || event.shiftKey || event.metaKey || input.tagName === "SELECT") return 0;
  if (event.key === "ArrowDown") return !isText || isAtEnd(input) ? 1 : 0;
  if (event.key === "ArrowUp") return !isText || isAtStart(input) ? -1 : 0;
  return 0;
}

/* The same column of the row so many below; of a source that is folded there, the row's first. */
function neighbour(saving, input, by) {
  const rows = [...saving.rows.values()];
  const row = saving.rowOf(input);
  const next = rows[rows.indexOf(row) + by];
  if (!next) return null;
  const same = next.inputs.get(next.key + input.name.slice(row.key.length));
  if (same && !same.closest("[hidden]")) return same;
  return [...next.inputs.values()].find((one) => one.dataset.column === input.dataset.column && !one.closest("[hidden]"));
}

const SUMS = ["planned", "actual", "financed"];

/* Where work on the row so many below begins: its first empty sum, else its first. */
function beginning(saving, input, by) {
  const rows = [...saving.rows.values()];
  const next = rows[rows.indexOf(saving.rowOf(input)) + by];
  const sums = next ? [...next.inputs.values()].filter((one) => SUMS.includes(one.dataset.column) && !one.closest("[hidden]")) : [];
  return sums.find((one) => !one.value) ?? sums[0];
}

const isRowKey = (event) =>
  event.ctrlKey && !event.altKey && !event.shiftKey && !event.metaKey && ["ArrowDown", "ArrowUp"].includes(event.key);

function fold(target) {
  // Where somebody writes a letter or a link, Escape is too near to lose it by.
  if (target.matches(".panel input, .panel textarea, .panel select")) return false;
  const open = target.closest("details[open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  }
  return Boolean(open);
}

export function listenToKeys(table, saving) {
  table.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && fold(event.target)) event.preventDefault();
    if (!event.target.dataset.column) return;
    const by = isRowKey(event) ? (event.key === "ArrowDown" ? 1 : -1) : steps(event, event.target);
    if (!by) return;
    event.preventDefault();
    const next = (isRowKey(event) ? beginning : neighbour)(saving, event.target, by);
    next?.focus();
    if (next?.tagName === "INPUT") next.select();
  });

  document.addEventListener("keydown", (event) => {
    // By the key's place: on a Ukrainian keyboard it writes «і».
    if (event.code !== "KeyS" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    saving.saveAll();
  });
}
