/* Work that takes seconds says so: a form's `data-working` is shown while the portal is busy with what was sent.
   A second press meanwhile would send the same again, only to be refused as out of date. */
(() => {
  "use strict";
  const A_SECOND_PRESS = 10000;
  const forms = document.querySelectorAll("form[data-working]");

  function say(form, sentence) {
    let word = form.querySelector(".working");
    if (!word) {
      word = document.createElement("p");
      word.className = "working quiet";
      word.setAttribute("role", "status");
      form.append(word);
    }
    word.textContent = sentence;
  }

  for (const form of forms) {
    let sentAt = -Infinity;
    form.addEventListener("submit", (event) => {
      if (event.timeStamp - sentAt < A_SECOND_PRESS) {
        event.preventDefault();
        return;
      }
      sentAt = event.timeStamp;
      say(form, form.dataset.working);
    });
    // Come back to, the page is not busy any more.
    window.addEventListener("pageshow", () => {
      sentAt = -Infinity;
      form.querySelector(".working")?.replaceChildren();
    });
  }
})();
