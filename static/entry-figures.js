/* Percents and totals of what is typed, and hryvnias in thousands: the server computes, the page shows. */
import { token } from "./entry-saving.js";

const PAUSE = 400;

export class LiveFigures {
  constructor(table, saving) {
    Object.assign(this, { saving, timer: 0, asked: 0 });
    table.addEventListener("input", (event) => this.later(event.target, PAUSE));
    // Leaving a cell with «грн» in it: its thousands are shown at once.
    table.addEventListener("change", (event) => {
      if (/[^\d\s.,]/.test(event.target.value)) this.later(event.target, 0);
    });
  }

  later(input, pause) {
    if (!input.classList.contains("amount")) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(this.saving.rowOf(input)), pause);
  }

  async ask(row) {
    if (!row || row.sending) return;
    const question = ++this.asked;
    const { fields } = row.payload();
    try {
      const answer = await fetch(`${row.element.dataset.url}figures/`, {
        method: "POST",
        body: new URLSearchParams(fields),
        headers: { "X-CSRFToken": token(), "HX-Request": "true" },
      });
      if (!answer.ok || question !== this.asked || row.sending) return;
      const { texts, converted } = await answer.json();
      for (const [id, text] of Object.entries(texts)) {
        const output = document.getElementById(id);
        if (output && output.textContent !== text) output.textContent = text;
      }
      for (const [name, { text, note }] of Object.entries(converted)) {
        // Only after leaving the cell, and only while what was typed is still in it.
        if (row.text(name) === fields[name] && row.inputs.get(name) !== document.activeElement) this.convert(row, name, text, note);
      }
    } catch {
      // Without a connection the figures stay as they were; the row itself tells that it is not saved.
    }
  }

  convert(row, name, text, note) {
    row.put(name, text);
    this.saving.noteTyping(row);
    const word = document.createElement("p");
    word.className = "conversion";
    word.textContent = note;
    row.part("notes").append(word);
  }
}
