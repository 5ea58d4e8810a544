/* Many rows at once: a pasted block with its preview, one reason for a zero. Both answers come into the dialog. */

export class ManyRows {
  constructor(table, saving) {
    Object.assign(this, { table, saving, dialog: document.getElementById("dialog"), body: document.getElementById("dialog-body") });
    this.reasons = document.getElementById("reasons");
    table.addEventListener("paste", (event) => this.paste(event));
    this.dialog.addEventListener("click", (event) => {
      if (event.target.closest(".close-dialog")) this.dialog.close();
    });
    this.dialog.addEventListener("close", () => this.cameFrom?.focus());
    document.addEventListener("htmx:afterRequest", (event) => {
      if (this.isOurs(event.target)) this.answered(event.detail.xhr);
    });
    this.listenToPicking();
  }

  isOurs(element) {
    return element === this.body || element === this.reasons || this.body.contains(element);
  }

  /* --- pasting --------------------------------------------------------------------------- */

  paste(event) {
    const input = event.target;
    if (!input.dataset.column) return;
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!this.isBlock(text, event.clipboardData.getData("text/html"), input)) return this.pastePlain(event, text);
    event.preventDefault();
    const rows = [...this.saving.rows.values()];
    const first = rows.indexOf(this.saving.rowOf(input));
    const seen = rows.slice(first, first + text.split("\n").length).map((row) => [row.seenInput.name, row.seen]);
    this.ask(this.table.dataset.pasteUrl, { cell: input.name, text, ...Object.fromEntries(seen) });
  }

  /* Several lines alone may be one text; with tabs, or copied as a table, they are cells. */
  isBlock(text, html, input) {
    if (text.includes("\t")) return true;
    if (!text.includes("\n")) return false;
    if (input.tagName !== "TEXTAREA") return true;
    return (new DOMParser().parseFromString(html, "text/html").querySelectorAll("td, th").length > 1);
  }

  /* One cell: an input drops the line's end by itself, a list takes its option by the words. */
  pastePlain(event, text) {
    const input = event.target;
    if (input.tagName !== "SELECT") return;
    const wanted = text.trim().toLocaleLowerCase("uk");
    const option = [...input.options].find((one) => one.text.toLocaleLowerCase("uk") === wanted);
    if (!option) return;
    input.value = option.value;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  ask(url, values) {
    this.body.textContent = "Перевіряємо вставлене…";
    this.open();
    htmx.ajax("POST", url, { source: this.body, target: this.body, swap: "innerHTML", values }).catch(() => {});
  }

  open() {
    if (this.dialog.open) return;
    this.cameFrom = document.activeElement;
    this.dialog.showModal();
  }

  /* --- one reason for many ---------------------------------------------------------------- */

  listenToPicking() {
    const button = document.getElementById("pick-rows");
    button.addEventListener("click", () => this.togglePicking(button));
    document.getElementById("pick-zeros").addEventListener("click", () => {
      for (const row of this.saving.rows.values()) {
        row.part("pick").checked = Boolean(row.part("findings").querySelector('[data-finding="zero_without_reason"]'));
      }
      this.countPicked();
    });
    this.table.addEventListener("change", (event) => {
      if (event.target.matches(".pick")) this.countPicked();
    });
    this.reasons.addEventListener("htmx:configRequest", (event) => {
      const form = new FormData();
      for (const row of this.picked) {
        form.append("rows", row.part("pick").value);
        form.append(row.seenInput.name, row.seen);
      }
      form.append("reason", this.reasons.elements.reason.value);
      event.detail.parameters = form;
    });
    this.reasons.addEventListener("htmx:confirm", (event) => {
      if (this.picked.length) return;
      event.preventDefault();
      this.countPicked();
    });
  }

  get picked() {
    return [...this.saving.rows.values()].filter((row) => row.part("pick").checked);
  }

  togglePicking(button) {
    const opens = this.reasons.hidden;
    this.reasons.hidden = !opens;
    button.setAttribute("aria-expanded", String(opens));
    this.table.classList.toggle("picking", opens);
    if (!opens) for (const row of this.picked) row.part("pick").checked = false;
    this.countPicked();
  }

  countPicked() {
    const number = this.picked.length;
    document.getElementById("picked").textContent = number ? `Позначено рядків: ${number}.` : "Позначте рядки в таблиці.";
  }

  /* --- answers ---------------------------------------------------------------------------- */

  answered(xhr) {
    const state = xhr.getResponseHeader("X-Row-State");
    if (state === "saved") this.saved();
    else if (state) this.open();
    else this.fail(xhr.status, xhr.getResponseHeader("X-Request-ID"));
  }

  saved() {
    const done = this.body.querySelector(".done");
    const keys = done.dataset.rows.trim().split(" ").filter(Boolean);
    this.saving.settleMany(keys, new Set(JSON.parse(done.dataset.cells)));
    this.saving.say(done.textContent.trim());
    if (this.dialog.open) this.dialog.close();
    for (const row of this.picked) row.part("pick").checked = false;
    if (!this.reasons.hidden) document.getElementById("picked").textContent = done.textContent.trim();
  }

  fail(status, number) {
    const word = document.createElement("p");
    word.className = "cell-note";
    word.setAttribute("role", "alert");
    word.textContent = status === 401
      ? "Сеанс закінчився, тому нічого не записано. Увійдіть в іншій вкладці й натисніть ще раз."
      : "Сервер не відповів. Чи записано, невідомо: натисніть ще раз – двічі те саме не запишеться.";
    if (number && status !== 401) word.append(` Номер: ${number}.`);
    this.open();
    if (!this.body.querySelector("form")) {
      const close = document.createElement("button");
      close.type = "button";
      close.className = "secondary close-dialog";
      close.textContent = "Закрити";
      this.body.replaceChildren(word, close);
      return;
    }
    this.body.querySelector("form > [role=alert]")?.remove();
    this.body.querySelector("form").prepend(word);
  }
}
