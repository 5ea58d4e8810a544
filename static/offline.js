/* Has the browser keep the page that says «Немає з’єднання»: templates/service-worker.js. */
navigator.serviceWorker?.register("/service-worker.js").catch(() => {
  // Private windows and plain HTTP have no such thing; the browser then says it in its own words.
});
