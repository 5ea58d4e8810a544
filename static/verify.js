/* Hashes the chosen file here and asks the portal about its SHA-256 alone; the file is sent nowhere.
   Where the browser cannot hash, the form stays as it came and sends the file. */
(() => {
  "use strict";
  const MEGABYTE = 1024 * 1024;
  const SLOW_FROM = 8 * MEGABYTE;
  const sentences = {
    reading: "Обчислюю SHA-256…",
    asking: "Питаю портал…",
    several: "Перевіряйте по одному файлу.",
    unreadable: "Файл не вдалося прочитати. Можливо, це тека, або файл щойно змінили чи перемістили. Виберіть його ще раз.",
    silent: "Портал не відповідає. Файл нікуди не надіслано; спробуйте ще раз за хвилину.",
    limited: "Забагато перевірок за короткий час. Зачекайте хвилину й натисніть «Перевірити» ще раз.",
    otherwise: "Портал не зміг відповісти. Спробуйте ще раз за хвилину.",
  };

  const form = document.getElementById("verify-form");
  const input = document.getElementById("file");
  const word = document.getElementById("word");
  const progress = document.getElementById("progress");
  const answer = document.getElementById("answer");
  const canHash = Boolean(window.crypto?.subtle);
  // A file chosen while an earlier one is still read takes its place.
  let turns = 0;

  function say(sentence, failed = false) {
    word.textContent = sentence;
    word.classList.toggle("failed", failed);
  }

  function tooLarge(file) {
    const largest = Number(form.dataset.largestMb);
    if (file.size <= largest * MEGABYTE) return "";
    return `Файл завеликий, щоб перевірити його в браузері: ${Math.ceil(file.size / MEGABYTE)} МБ, а можна до ${largest} МБ. Портал таких великих файлів не видає.`;
  }

  async function read(file) {
    const bytes = new Uint8Array(file.size);
    const reader = file.stream().getReader();
    let place = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      // A file that grows meanwhile does not fit, and is refused as unreadable.
      bytes.set(value, place);
      place += value.length;
      progress.value = place / file.size;
    }
    if (place !== file.size) throw new RangeError("The file has become shorter");
    return bytes;
  }

  async function sha256(file) {
    const digest = await crypto.subtle.digest("SHA-256", await read(file));
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function ask(digest) {
    const address = new URL(form.action);
    address.hash = "";
    address.searchParams.set("sha256", digest);
    const response = await fetch(address);
    if (!response.ok) throw new Error(response.status === 429 ? sentences.limited : sentences.otherwise);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return page.getElementById("answer");
  }

  function show(answered, file) {
    for (const place of answered.querySelectorAll("[data-file-name]")) place.textContent = file.name;
    answer.replaceChildren(...answered.childNodes);
    answer.scrollIntoView({ block: "nearest" });
  }

  async function check(file) {
    const turn = ++turns;
    const isOurs = () => turn === turns;
    answer.replaceChildren();
    const refusal = tooLarge(file);
    say(refusal || sentences.reading, Boolean(refusal));
    if (refusal) return;
    progress.hidden = file.size < SLOW_FROM;
    let digest;
    try {
      digest = await sha256(file);
    } catch {
      if (isOurs()) say(sentences.unreadable, true);
      return;
    } finally {
      if (isOurs()) progress.hidden = true;
    }
    if (!isOurs()) return;
    say(sentences.asking);
    try {
      const answered = await ask(digest);
      if (!isOurs()) return;
      say("");
      show(answered, file);
    } catch (error) {
      // A TypeError is fetch's own word for a server that cannot be reached.
      if (isOurs()) say(error instanceof TypeError ? sentences.silent : error.message, true);
    }
  }

  function drop(event) {
    const files = event.dataTransfer.files;
    form.classList.remove("over");
    if (!files.length) return;
    event.preventDefault();
    if (files.length > 1) {
      say(sentences.several, true);
      return;
    }
    input.files = files;
    input.dispatchEvent(new Event("change"));
  }

  // Anywhere on the page: dropped beside the form, a file would be opened by the browser instead.
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    form.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) form.classList.remove("over");
  });
  document.addEventListener("drop", drop);

  if (!canHash) return;
  form.querySelector(".sent").hidden = true;
  form.querySelector(".stays").hidden = false;
  input.addEventListener("change", () => {
    if (input.files.length) check(input.files[0]);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.files.length) check(input.files[0]);
  });
})();
