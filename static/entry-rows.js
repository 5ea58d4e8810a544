/* One row of the sheet: what the server last told of it, what is typed over that, and how the two meet. */

export const parseSeen = (seen) => {
  const [version, ...marks] = seen.split(" ");
  return { version, marks: new Map(marks.map((mark) => mark.split("=", 2))) };
};

const initialText = (input) => (
  input.tagName === "SELECT" ? [...input.options].find((option) => option.defaultSelected)?.value ?? "" : input.defaultValue
);

export class Row {
  constructor(element) {
    this.element = element;
    this.key = element.dataset.row;
    this.code = element.dataset.code;
    this.seenInput = document.getElementsByName(`${this.key}-seen`)[0];
    this.inputs = new Map();
    for (const input of element.querySelectorAll(`[name^="${this.key}-"][id]`)) this.inputs.set(input.name, input);
    // The text that the server showed in each cell; and the one it took for the same («1234,5» for «1 234,5»).
    this.base = new Map([...this.inputs].map(([name, input]) => [name, initialText(input)]));
    this.alike = new Map();
    Object.assign(this, parseSeen(this.seenInput.value));
    this.opened = { seen: this.seenInput.value, standing: Object.fromEntries(this.base) };
  }

  part(name) {
    return document.getElementById(`${this.key}-${name}`);
  }

  get holdsFocus() {
    return this.element.contains(document.activeElement);
  }

  text(name) {
    return this.inputs.get(name).value;
  }

  isTyped(name) {
    const text = this.text(name);
    return text !== this.base.get(name) && text !== this.alike.get(name);
  }

  get typed() {
    return Object.fromEntries([...this.inputs.keys()].filter((name) => this.isTyped(name)).map((name) => [name, this.text(name)]));
  }

  get isDirty() {
    return [...this.inputs.keys()].some((name) => this.isTyped(name));
  }

  get seen() {
    return [this.version, ...[...this.marks].map(([name, mark]) => `${name}=${mark}`)].join(" ");
  }

  /* All that one saving sends, and which of it was typed. */
  payload() {
    const fields = Object.fromEntries([...this.inputs].map(([name, input]) => [name, input.value]));
    return { fields: { ...fields, [this.seenInput.name]: this.seen }, typed: this.typed };
  }

  put(name, text) {
    const input = this.inputs.get(name);
    if (input.value === text) return;
    input.value = text;
    input.dispatchEvent(new Event("put", { bubbles: true }));
  }

  /* What the server's last answer says of the row: {seen, standing}. */
  get told() {
    const mark = this.part("mark").dataset;
    return { seen: mark.seen, standing: JSON.parse(mark.standing) };
  }

  /*
   * Take in how the row now stands. `sent` are the texts that the server has just saved by name, `over` the
   * cells whose value came by another way (a pasted block) and replaces what is typed. A cell that somebody
   * else changed while it is being typed in keeps what it was opened with: saving it will show both versions.
   */
  settle(answer, sent = {}, over = new Set()) {
    const told = parseSeen(answer.seen);
    let isBehind = false;
    for (const name of this.inputs.keys()) {
      const stands = answer.standing[name];
      if (stands === undefined) continue;
      const text = this.text(name);
      const isTyped = this.isTyped(name);
      if (isTyped && !(name in sent) && !over.has(name) && stands !== this.base.get(name) && stands !== text) {
        isBehind = true;
        continue;
      }
      this.base.set(name, stands);
      this.marks.set(name, told.marks.get(name));
      this.alike.delete(name);
      const isLeft = over.has(name) || !isTyped || text === sent[name];
      if (!isLeft) continue;
      // The text under somebody's cursor stays as it is written.
      if (name in sent && this.inputs.get(name) === document.activeElement) this.alike.set(name, text);
      else this.put(name, stands);
    }
    if (!isBehind) this.version = told.version;
  }

  /* For the browser's storage: the typed texts and what they were typed over. */
  memory(unsure) {
    const typed = this.typed;
    const over = Object.fromEntries(Object.keys(typed).map((name) => [name, { base: this.base.get(name), mark: this.marks.get(name) }]));
    return { version: this.version, typed, over, unsure };
  }

  /* Put back what was typed before; then meet how the row stands now. */
  recall(memory) {
    this.version = memory.version;
    for (const [name, text] of Object.entries(memory.typed)) {
      if (!this.inputs.has(name)) continue;
      this.base.set(name, memory.over[name].base);
      this.marks.set(name, memory.over[name].mark);
      this.put(name, text);
    }
    this.settle(this.opened);
  }
}
