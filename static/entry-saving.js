/* Saving: a row is sent when it is left, kept in the browser until the server has it, and sent again by itself. */

import { parseSeen } from "./entry-rows.js";

const WORDS = {
  typed: "не збережено",
  sending: "зберігається…",
  silent: "не збережено: сервер не відповідає. Текст лишається тут, спробуємо ще раз самі",
  signedOut: "не збережено: сеанс закінчився",
  refused: "не збережено: сервер не прийняв рядок. Текст лишається тут; оновіть сторінку",
};
const FIRST_PAUSE = 2000;
const LONGEST_PAUSE = 60000;

export const token = () => document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1] ?? "";

export class Saving {
  constructor(table, rows, storage) {
    Object.assign(this, { table, rows, storage, pause: FIRST_PAUSE, timer: 0, isSignedOut: false, isBusy: false, waiting: new Set() });
    this.summary = document.getElementById("saving");
    this.said = document.getElementById("said");
    for (const row of rows.values()) Object.assign(row, { sending: null, unsure: null, conflict: null, refused: "", isClosed: false, isKept: true });
    this.listen();
  }

  listen() {
    this.table.addEventListener("input", (event) => this.noteTyping(this.rowOf(event.target)));
    this.table.addEventListener("focusout", (event) => {
      const row = this.rowOf(event.target);
      // The next element has the focus only after this event.
      if (row) setTimeout(() => { if (!row.holdsFocus) this.save(row); });
    });
    document.addEventListener("htmx:configRequest", (event) => this.configure(event));
    document.addEventListener("htmx:beforeSwap", (event) => {
      // Refusals are told in the row; a whole page is never a part of this one.
      if (!event.detail.xhr.getResponseHeader("X-Row-State")) return;
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    });
    document.addEventListener("htmx:afterRequest", (event) => {
      const row = this.rows.get(event.target.dataset?.row);
      if (row && row.element === event.target) this.answered(row, event.detail.xhr);
      else if (event.target.matches?.(".said") && event.detail.successful) this.refreshed(this.rowOf(event.target));
    });
    document.addEventListener("row-changed", (event) => {
      const row = this.rows.get(`r${event.detail.row}`);
      if (row) this.refresh(row);
    });
    window.addEventListener("online", () => this.retry());
    document.addEventListener("visibilitychange", () => (document.hidden ? this.saveAll() : this.retry()));
    window.addEventListener("focus", () => this.retry());
    window.addEventListener("beforeunload", (event) => {
      if (this.unsaved.some((row) => !row.isKept)) event.preventDefault();
    });
    this.table.addEventListener("click", (event) => this.choose(event));
  }

  rowOf(element) {
    return this.rows.get(element.closest?.("tbody[data-row]")?.dataset.row);
  }

  get unsaved() {
    return [...this.rows.values()].filter((row) => row.isDirty || row.sending || row.unsure);
  }

  /* --- what is typed ------------------------------------------------------------------- */

  noteTyping(row) {
    if (!row) return;
    this.remember(row);
    if (row.sending) return;
    if (row.isDirty) this.show(row, "typed");
    else if (!row.unsure) this.word(row, "", "");
  }

  /* Into the browser's storage, or out of it when nothing is left to be saved. */
  remember(row) {
    const unsure = row.sending ?? row.unsure;
    if (row.isDirty || unsure) row.isKept = this.storage.keep(row, row.memory(unsure));
    else this.storage.forget(row);
  }

  recallAll() {
    for (const row of this.rows.values()) {
      const memory = this.storage.kept(row);
      if (!memory) continue;
      row.recall(memory);
      row.unsure = memory.unsure ?? null;
      this.remember(row);
      this.save(row);
    }
  }

  /* --- sending ------------------------------------------------------------------------- */

  saveAll() {
    for (const row of this.unsaved) this.save(row);
  }

  save(row) {
    if (row.sending || row.conflict || row.isClosed) return;
    if (!row.unsure && !row.isDirty) return;
    // Where the answer was lost the very same is sent again first: the server may have it already.
    const payload = row.unsure ?? row.payload();
    if (row.refused && row.refused === JSON.stringify(payload.typed)) return;
    // One after another: the server writes one row of a report at a time anyway.
    if (this.isBusy) {
      this.waiting.add(row);
      return;
    }
    this.isBusy = true;
    row.sending = payload;
    this.remember(row);
    this.show(row, "sending");
    htmx.trigger(row.element, "save-row");
  }

  configure(event) {
    const { detail, target } = event;
    if (!this.table.contains(target) && !target.closest?.("#dialog, #reasons")) return;
    detail.headers["X-CSRFToken"] = token();
    detail.headers["X-Typed-By"] = this.table.dataset.user;
    const around = this.rowOf(target);
    // Taking goes by what the row knows by now: one's own saving since the panel was opened is no conflict.
    if (target.querySelector?.(":scope > .row-version") && around) detail.parameters.version = around.version;
    const row = this.rows.get(target.dataset?.row);
    if (!row || row.element !== target || !row.sending) return;
    for (const [name, text] of Object.entries(row.sending.fields)) detail.parameters[name] = text;
  }

  answered(row, xhr) {
    const payload = row.sending;
    const state = xhr.getResponseHeader("X-Row-State");
    row.sending = null;
    row.unsure = null;
    this.isBusy = false;
    if (state) {
      this.pause = FIRST_PAUSE;
      this.isSignedOut = false;
      row.refused = state === "invalid" ? JSON.stringify(payload.typed) : "";
      row.isClosed = state === "closed" || state === "forbidden";
      if (state === "saved") row.settle(row.told, payload.typed);
      if (state === "conflict") row.conflict = { ...row.told, cells: this.conflictCells(row) };
      this.pointAtNotes(row);
      this.finish(row, state);
    } else if (xhr.status === 401) {
      this.isSignedOut = true;
      this.remember(row);
      this.show(row, "signedOut");
      this.say("Сеанс закінчився. Увійдіть знову: введене збережено в цьому браузері й буде надіслано.");
    } else if (xhr.status >= 400 && xhr.status < 500 && ![408, 429].includes(xhr.status)) {
      row.refused = JSON.stringify(payload.typed);
      this.remember(row);
      this.show(row, "refused", xhr);
    } else {
      row.unsure = payload;
      this.remember(row);
      this.show(row, "silent", xhr);
      this.waiting.clear();
      this.retryLater();
    }
    this.summarize();
    this.sendWaiting();
  }

  sendWaiting() {
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const row of waiting) this.save(row);
  }

  finish(row, state) {
    this.remember(row);
    if (state === "saved") {
      this.say(`Захід ${row.code}: ${row.part("status").textContent}`);
      if (row.isDirty) this.show(row, "typed");
      this.retry();
    } else {
      this.say(`Захід ${row.code}: не збережено. ${row.part("notes").textContent.trim().slice(0, 300)}`);
    }
    // What was typed meanwhile follows; who is still in the row has it sent on leaving.
    if (row.isDirty && !row.holdsFocus) this.save(row);
    if (row.awaitsRefresh) this.refresh(row);
  }

  /* Cells of another way of saving (a pasted block, one reason for many): how their rows now stand. */
  settleMany(keys, cells) {
    for (const key of keys) {
      const row = this.rows.get(key);
      row.settle(row.told, {}, cells);
      Object.assign(row, { conflict: null, refused: "" });
      this.pointAtNotes(row);
      this.remember(row);
      if (row.isDirty) this.show(row, "typed");
    }
    this.summarize();
  }

  /* --- changed elsewhere on the page ---------------------------------------------------- */

  refresh(row) {
    row.awaitsRefresh = Boolean(row.sending);
    if (!row.sending) htmx.trigger(row.element.querySelector(".said"), "refresh-row");
  }

  refreshed(row) {
    if (!row) return;
    if (row.sending) {
      row.awaitsRefresh = true;
      return;
    }
    row.settle(row.told);
    this.remember(row);
  }

  /* --- again ---------------------------------------------------------------------------- */

  retryLater() {
    if (this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.retry();
    }, this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }

  retry() {
    for (const row of this.unsaved) {
      if (row.unsure || this.isSignedOut || !row.holdsFocus) this.save(row);
    }
  }

  /* --- two versions of one cell ---------------------------------------------------------- */

  choose(event) {
    const button = event.target.closest(".take-theirs, .keep-mine");
    if (!button) return;
    const row = this.rowOf(button);
    const note = button.closest(".cell-note");
    const name = note.dataset.cell;
    if (button.matches(".take-theirs")) row.put(name, note.dataset.theirs);
    const input = row.inputs.get(name);
    const line = input.closest(".source-line");
    if (line) this.table.dispatchEvent(new CustomEvent("reveal", { detail: input }));
    input.focus();
    note.remove();
    this.pointAtNotes(row);
    if (row.part("notes").querySelector(".conflict")) return;
    this.decided(row);
  }

  conflictCells(row) {
    return [...row.part("notes").querySelectorAll(".conflict")].map((note) => note.dataset.cell);
  }

  /* Both versions were seen and one was chosen: what is typed is now typed over theirs. */
  decided(row) {
    const { cells, ...answer } = row.conflict;
    const marks = parseSeen(answer.seen).marks;
    for (const name of cells) {
      row.base.set(name, answer.standing[name]);
      row.marks.set(name, marks.get(name));
    }
    row.conflict = null;
    row.settle(answer);
    this.remember(row);
    this.save(row);
    if (!row.sending) this.word(row, "", "");
    this.summarize();
  }

  pointAtNotes(row) {
    for (const input of row.inputs.values()) {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
    for (const note of row.part("notes").querySelectorAll("[data-cell]")) {
      const input = row.inputs.get(note.dataset.cell);
      input?.setAttribute("aria-invalid", "true");
      input?.setAttribute("aria-describedby", note.id);
      if (input) this.table.dispatchEvent(new CustomEvent("reveal", { detail: input }));
    }
  }

  /* --- words ----------------------------------------------------------------------------- */

  show(row, state, xhr = null) {
    // By the number whoever keeps the server finds in its log what happened.
    const number = xhr?.getResponseHeader("X-Request-ID");
    this.word(row, WORDS[state] + (number ? `. Номер: ${number}` : ""), state);
    if (state === "signedOut") {
      const link = document.createElement("a");
      link.href = this.table.dataset.signIn;
      link.textContent = "увійдіть знову";
      row.part("status").append(". Введене лишилося тут – ", link);
    }
    this.summarize();
  }

  word(row, text, state) {
    const status = row.part("status");
    status.className = `row-status ${state}`;
    status.textContent = text;
  }

  say(sentence) {
    this.said.textContent = sentence;
  }

  summarize() {
    const waiting = this.unsaved.length;
    const words = [];
    if (waiting) words.push(`Не збережено рядків: ${waiting}.`);
    if (this.isSignedOut) words.push("Сеанс закінчився.");
    if (this.unsaved.some((row) => !row.isKept)) words.push("Браузер не дає зберегти копію: не закривайте сторінку.");
    const text = words.join(" ");
    if (this.summary.textContent !== text) this.summary.textContent = text;
  }
}
