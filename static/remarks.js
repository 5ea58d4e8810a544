/* The head's remarks: more than one measure at once, and nothing typed is lost to a closed tab. */
(() => {
  "use strict";
  const form = document.getElementById("return-form");
  if (!form) return;
  const holder = document.getElementById("on-measures");
  const more = document.getElementById("more-remarks");
  // Of this submission; what was typed about an earlier one has been sent or is out of date.
  const about = `zvit-remarks:${document.body.dataset.user}:${form.getAttribute("action")}:`;
  const kept = about + form.dataset.submission;

  function add(result = "", text = "") {
    const block = holder.firstElementChild.cloneNode(true);
    const number = holder.childElementCount + 1;
    for (const [label, field] of [["result", "select"], ["remark", "textarea"]]) {
      block.querySelector(`label[for^=${label}]`).htmlFor = `${label}-${number}`;
      block.querySelector(field).id = `${label}-${number}`;
    }
    block.querySelector("select").value = result;
    block.querySelector("textarea").value = text;
    holder.append(block);
    return block;
  }

  function blocks() {
    return [...holder.children].map((block) => [
      block.querySelector("select").value,
      block.querySelector("textarea").value,
    ]);
  }

  function isEmpty() {
    return !form.elements.whole.value.trim() && blocks().every(([, text]) => !text.trim());
  }

  function keep() {
    try {
      if (isEmpty()) localStorage.removeItem(kept);
      else localStorage.setItem(kept, JSON.stringify({ whole: form.elements.whole.value, blocks: blocks() }));
    } catch {
      // A browser that keeps nothing still sends what is typed.
    }
  }

  function forgetEarlier() {
    try {
      Object.keys(localStorage)
        .filter((key) => key.startsWith(about) && key !== kept)
        .forEach((key) => localStorage.removeItem(key));
    } catch {
      // Nothing was kept, so there is nothing to forget.
    }
  }

  function restore() {
    if (!isEmpty()) return;
    let typed;
    try {
      typed = JSON.parse(localStorage.getItem(kept));
    } catch {
      return;
    }
    if (!typed) return;
    form.elements.whole.value = typed.whole;
    typed.blocks.forEach(([result, text], place) => {
      const block = holder.children[place] ?? add();
      block.querySelector("select").value = result;
      block.querySelector("textarea").value = text;
    });
  }

  more.hidden = false;
  more.addEventListener("click", () => {
    add().querySelector("select").focus();
  });
  form.addEventListener("input", keep);
  forgetEarlier();
  restore();
})();
