/* Unsaved rows in the browser's storage, under the person's name: another person's are never read here. */

export class Storage {
  constructor(user, report) {
    this.prefix = `zvit:entry:${user}:${report}:`;
  }

  /* False when the browser keeps nothing: storage is full or forbidden. */
  keep(row, memory) {
    try {
      localStorage.setItem(this.prefix + row.key, JSON.stringify(memory));
      return true;
    } catch {
      return false;
    }
  }

  forget(row) {
    try {
      localStorage.removeItem(this.prefix + row.key);
    } catch {
      // Nothing could be kept there either.
    }
  }

  kept(row) {
    try {
      return JSON.parse(localStorage.getItem(this.prefix + row.key));
    } catch {
      return null;
    }
  }
}
