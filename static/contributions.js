/* Information of co-executors: what is typed is not lost, and every answer of the portal is shown. */
(() => {
  "use strict";
  const FORM = ".contribution-form";
  const OURS = ".contribution, .row-contributions";
  const SENTENCES = {
    401: "Не збережено: ви вийшли з порталу. Введене лишилося тут: увійдіть в іншій вкладці й збережіть ще раз.",
    403: "Не збережено: тепер це вам не дозволено. Скопіюйте введене й зверніться до відповідального виконавця.",
    404: "Не збережено: цього заходу тут уже немає. Скопіюйте введене й оновіть сторінку.",
  };
  const SILENT = "Не збережено: портал не відповів. Введене лишилося тут: збережіть ще раз трохи згодом.";
  let leaving = false;

  const stateOf = (form) => form.querySelector(".state");

  function say(form, sentence) {
    const state = stateOf(form);
    const word = document.createElement("span");
    word.className = "warn";
    word.textContent = sentence;
    state.replaceChildren(word);
  }

  function count(text) {
    const place = document.querySelector(`[data-counts="${text.id}"]`);
    if (!place) return;
    const signs = [...text.value].length;
    place.textContent = `${signs.toLocaleString("uk")} з ${Number(place.dataset.limit).toLocaleString("uk")} знаків`;
    place.classList.toggle("warn", signs > Number(place.dataset.limit));
  }

  function typed(form) {
    if ("typed" in form.dataset) return;
    form.dataset.typed = "";
    say(form, "Не збережено");
  }

  const isChanged = (field) => field.type !== "hidden" && "defaultValue" in field && field.value !== field.defaultValue;

  /* A browser that comes back or reloads may put old texts into the new page: they are not saved. */
  function look(root) {
    for (const form of root.querySelectorAll(FORM)) {
      form.querySelectorAll("textarea").forEach(count);
      if ([...form.elements].some(isChanged)) typed(form);
    }
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest(FORM);
    if (!form) return;
    typed(form);
    if (event.target.matches("textarea")) count(event.target);
  });

  window.addEventListener("beforeunload", (event) => {
    if (!leaving && document.querySelector(`${FORM}[data-typed]`)) event.preventDefault();
  });
  window.addEventListener("pageshow", () => { leaving = false; });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches(FORM)) {
      if (!form.hasAttribute("hx-post")) leaving = true;
      return;
    }
    const unsaved = [...document.querySelectorAll(`${FORM}[data-typed]`)];
    if (!form.matches(".submit-part") || !unsaved.length) return;
    event.preventDefault();
    const codes = unsaved.map((one) => one.dataset.code).join(", ");
    form.querySelector(".before-submit").textContent = `Спершу збережіть: ${codes}.`;
    unsaved[0].querySelector("textarea").focus();
  });

  document.addEventListener("htmx:load", (event) => look(event.detail.elt));

  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.closest(OURS)) return;
    event.detail.headers["X-Typed-By"] = document.body.dataset.user;
    // Signing in again in another tab gives the browser a new token; the page still holds the old one.
    const token = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/);
    if (token) event.detail.headers["X-CSRFToken"] = token[1];
    if (token && event.detail.verb === "post") event.detail.parameters.csrfmiddlewaretoken = token[1];
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.target.matches(FORM)) return;
    say(event.target, "Зберігається…");
    // The answer replaces the form; what would be typed meanwhile would be lost with it.
    for (const field of event.target.elements) field.inert = true;
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target } = event.detail;
    if (!target.closest(OURS) && !target.closest(`[id^="from-letter-"]`)) return;
    // A whole page instead of a part of one: the sign-in page, or a word that something is wrong.
    if (/^\s*<!doctype/i.test(xhr.responseText)) {
      event.detail.shouldSwap = false;
      event.detail.isError = true;
      return;
    }
    if (xhr.status === 409 || xhr.status === 422) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  function failed(event) {
    const form = event.target.closest?.(FORM);
    if (!form) return;
    for (const field of form.elements) field.inert = false;
    const { xhr } = event.detail;
    const number = xhr?.getResponseHeader("X-Request-ID");
    say(form, (SENTENCES[xhr?.status] ?? SILENT) + (number ? ` Номер: ${number}.` : ""));
  }
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:timeout", failed);
})();
