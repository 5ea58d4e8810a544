/* Typed and not yet saved: nothing of it is lost to a closed tab, a signed-out session or the back button.
   Of the admin's forms, and of the portal's own that say `data-guarded`. */
(() => {
  "use strict";
  const form = document.querySelector("#content-main form[method=post][id$=_form], form[data-guarded]");
  const row = form?.querySelector(".submit-row, .buttons");
  if (!row?.querySelector("[type=submit]")) return;
  const signIn = "/sign-in/";
  let typed = Boolean(form.querySelector(".errornote, [aria-invalid=true]"));
  let asking = false;
  let sending = false;

  form.addEventListener("input", () => { typed = true; });
  form.addEventListener("change", () => { typed = true; });

  window.addEventListener("beforeunload", (event) => {
    if (typed && !sending) event.preventDefault();
  });

  window.addEventListener("pageshow", (event) => {
    sending = asking = false;
    // Coming back, a browser puts old texts into the new page: they would overwrite what others saved since.
    const [visit] = performance.getEntriesByType("navigation");
    if (!event.persisted && visit?.type === "back_forward") form.reset();
  });

  function say(sentence) {
    let note = document.getElementById("not-sent");
    if (!note) {
      note = document.createElement("p");
      note.id = "not-sent";
      note.setAttribute("role", "alert");
      row.prepend(note);
    }
    note.textContent = sentence;
    note.scrollIntoView({ block: "nearest" });
  }

  /* Empty when the portal would take the form; otherwise why not. */
  async function obstacle() {
    try {
      const answer = await fetch("/help/", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(10000) });
      if (!new URL(answer.url).pathname.startsWith(signIn)) return "";
      return "Ви вийшли з порталу, тому нічого не записано. Введене лишилося на сторінці: увійдіть в іншій вкладці й збережіть ще раз.";
    } catch {
      return "Немає зв’язку з порталом, тому нічого не записано. Введене лишилося на сторінці: збережіть ще раз, коли зв’язок з’явиться.";
    }
  }

  form.addEventListener("submit", async (event) => {
    if (sending) return;
    event.preventDefault();
    if (asking) return;
    asking = true;
    const reason = await obstacle();
    asking = false;
    if (reason) {
      say(reason);
      return;
    }
    // Signing in again gives the browser a new token; the page still holds the old one.
    const token = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/);
    if (token) form.elements.csrfmiddlewaretoken.value = token[1];
    sending = true;
    form.requestSubmit(event.submitter);
  });
})();
