/* htmx leaves the page alone when the server refuses or is silent; here both are said in the panel. */
(() => {
  "use strict";
  const sentences = {
    401: "Ви вийшли з порталу або в цьому браузері увійшла інша людина. Нічого не змінено; увійдіть в іншій вкладці й спробуйте ще раз.",
    403: "Додавати чи вилучати підтвердження тут уже не можна: змінилися ваші права. Нічого не змінено.",
    404: "Цього заходу чи підтвердження у звіті вже немає. Оновіть сторінку.",
  };
  const otherwise = "Сервер не виконав запит. Нічого не змінено; спробуйте ще раз за хвилину.";
  const silent = "Сервер не відповідає. Вибраний файл лишився у формі; спробуйте ще раз.";

  function say(panel, sentence) {
    const word = panel.querySelector(".evidence-word");
    word.classList.add("error");
    word.textContent = sentence;
  }

  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.closest(".evidence")) return;
    event.detail.headers["X-Typed-By"] = document.body.dataset.user;
    // Signing in again in another tab gives the browser a new token; the page still holds the old one.
    const token = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/);
    if (token && event.detail.verb === "post") event.detail.parameters.csrfmiddlewaretoken = token[1];
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr, serverResponse } = event.detail;
    const panel = target.closest(".evidence");
    if (!panel || xhr.status < 400) return;
    // A refusal of the form comes as the same panel with its sentence.
    const isPanel = serverResponse.includes(`id="${panel.id}"`);
    event.detail.shouldSwap = isPanel;
    if (isPanel) event.detail.isError = false;
    else say(panel, `${sentences[xhr.status] || otherwise} Номер: ${xhr.getResponseHeader("X-Request-ID") ?? "—"}.`);
  });

  for (const fault of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(fault, (event) => {
      const panel = event.target.closest(".evidence");
      if (panel) say(panel, silent);
    });
  }

  // Who listens to the page hears what came of it; who uses the keyboard goes on from there.
  document.addEventListener("htmx:afterSettle", (event) => {
    const word = event.target.closest(".evidence")?.querySelector(".evidence-word");
    if (word?.textContent) word.focus();
  });
})();
