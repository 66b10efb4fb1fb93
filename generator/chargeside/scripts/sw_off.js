/* Stands at the address of the service worker where nothing is to be kept: takes away what an earlier one kept, and itself. */
"use strict";

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", event => {
  const name = "chargeside " + new URL(self.registration.scope).pathname;
  event.waitUntil(caches.delete(name).then(() => self.registration.unregister()));
});
