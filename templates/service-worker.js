/* When the server cannot be reached, a page that says so, and the files of its look: LOOK. Nothing else is kept:
   pages hold figures, and they are always asked of the server. The worker answers for the opening of a page and
   for those files, by GET, and only once the server has not; all else goes its way untouched. */
"use strict";

const KEPT = "{{ version }}";
const PAGE = "{{ page }}";
const LOOK = [{% for address in look %}"{{ address }}"{% if not forloop.last %}, {% endif %}{% endfor %}];

self.addEventListener("install", (event) => {
  const asked = [PAGE, ...LOOK].map((address) => new Request(address, { cache: "reload" }));
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll(asked)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const forget = (names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(forget).then(() => self.clients.claim()));
});

const fromKept = async (address) => (await (await caches.open(KEPT)).match(address)) ?? Response.error();

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => fromKept(PAGE)));
  else if (LOOK.includes(pathname)) event.respondWith(fetch(request).catch(() => fromKept(pathname)));
});
