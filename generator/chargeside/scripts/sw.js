/* Service worker of the driver site: keeps the help that a driver asked to keep, and answers from it where there is no network.

   One cache holds, by path: station pages as they were saved, each with the header x-bundle, and the bundles they name
   (b/<lang>/<name>.json: all pages that a station page links to; what several of them have in common stands once). A
   bundle is put in before the page that names it, and one `put` replaces a whole file: so a page is never without its
   bundle, and a failure on the way leaves what stood before. Only the opening of pages is answered here. */
"use strict";

const ROOT = new URL(self.registration.scope).pathname;
const CACHE = "chargeside " + ROOT;
const STATION = /^\d{7}\/([a-z]+(-\w+)*\/)?$/;
const PATIENCE = 4000; // ms; after a page that took longer, the next ones are waited for less
const IMPATIENCE = 1000;
const FORGET = 60000;

let slowAt = -FORGET;
let queue = Promise.resolve();

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", event => {
  const preload = self.registration.navigationPreload;
  if (preload) event.waitUntil(preload.enable());
});

self.addEventListener("message", event => {
  const [order, path] = event.data;
  const done = inTurn(() => order == "keep" ? fetchAndKeep(path) : drop(path));
  event.waitUntil(done.then(() => true, () => false).then(fine => event.ports[0].postMessage(fine)));
});

self.addEventListener("fetch", event => {
  if (event.request.mode == "navigate" && event.request.method == "GET") event.respondWith(answer(event));
});

/* One thing after the other, so that no sweep takes away what is being put in. */
function inTurn(work) {
  return queue = queue.then(work, work);
}

// ---------------------------------------------------------------------------------------------------- answering

async function answer(event) {
  const {pathname: path, search} = new URL(event.request.url);
  const network = Promise.resolve(event.preloadResponse).then(early => early || fetch(event.request));
  const fresh = network.then(response => notice(path, response));
  event.waitUntil(fresh.then(news => news && inTurn(news)).catch(() => {}));
  const patience = Date.now() - slowAt < FORGET ? IMPATIENCE : PATIENCE;
  const first = await Promise.race([network, later(patience)]).catch(() => "failed");
  slowAt = first == "late" ? Date.now() : -FORGET;
  if (first instanceof Response && first.status < 500) return first;
  const copy = await find(path, search).catch(() => null);
  if (copy) return copy;
  return network.catch(async error => await nowhere() || Promise.reject(error));
}

function later(ms) {
  return new Promise(done => setTimeout(done, ms, "late"));
}

/* The page of a station came from the network: gives the work of bringing its copy up to date, if it is a kept one. */
function notice(path, response) {
  if (!STATION.test(path.slice(ROOT.length)) || response.status != 200) return null;
  const page = response.clone();
  return async () => {
    if (!await stored(path)) return;
    const html = await page.text();
    if (!bundleOf(html)) await drop(path); // out of use, or no longer to be kept
    else if (!(self.navigator.connection || {}).saveData) await keep(path, html);
  };
}

async function find(path, search) {
  const page = await stored(path);
  if (page) return shown(await page.text(), page.headers.get("x-saved"));
  if (!path.endsWith("/")) return await find(path + "/", "") && Response.redirect(path + "/" + search);
  const wanted = path.slice(ROOT.length);
  const bundles = await kept("x-parts");
  for (const bundle of bundles) {
    const {parts, pages} = await bundle.json();
    if (wanted && pages[wanted]) return shown(text(parts, pages[wanted]), bundle.headers.get("x-saved"));
    // The same for every charger: it is kept as it reads for this one.
    const own = /^g\/[^/]+\/[^/]+\/$/.test(wanted) && Object.keys(pages).find(name => name.startsWith(wanted));
    if (own) return Response.redirect(ROOT + own + search);
  }
}

/* A page of our own in place of the browser's: this page is not kept, but these stations are. */
async function nowhere() {
  const [bundle] = await kept("x-parts");
  if (!bundle) return null;
  const {parts, pages} = await bundle.json();
  const stations = (await kept("x-bundle")).map(async page => {
    const title = /<title>([^<]*) · /.exec(await page.text())[1];
    return `<li><a href="${page.headers.get("x-path")}">${title}</a></li>`;
  });
  const rows = (await Promise.all(stations)).join("");
  const html = text(parts, pages[""]).replace(/(<ul class="rows" id="kept">)(<\/ul>)/, (all, begin, end) => begin + rows + end);
  return respond(html, {}, 503);
}

function text(parts, page) {
  return page.map(index => parts[index]).join("");
}

/* A copy says from when it is, and leaves out notices whose time has passed. */
function shown(html, saved) {
  const [, lang] = /<html lang="([^"]+)"/.exec(html);
  const when = new Intl.DateTimeFormat(lang == "en" ? "en-GB" : lang, {dateStyle: "medium", timeStyle: "short"}).format(Number(saved));
  const past = (all, tag, until) => Date.parse(until) < Date.now() ? "" : all;
  return respond(html
    .replace(/<p class="kept" hidden data-kept="([^"]*)">/, (all, words) => `<p class="kept">${words.replace("{when}", when)}`)
    .replace(/<(\w+)[^>]*? data-until="([^"]+)"[^]*?<\/\1>/g, past));
}

function respond(html, headers, status) {
  return new Response(html, {status: status || 200, headers: {"content-type": "text/html; charset=utf-8", ...headers}});
}

// ---------------------------------------------------------------------------------------------------- keeping

/* What is kept at a path, if anything is. */
function stored(path) {
  return caches.match(path, {cacheName: CACHE}).catch(() => undefined);
}

/* All station pages (x-bundle) or all bundles (x-parts), the newest first. */
async function kept(header) {
  if (!await caches.has(CACHE)) return [];
  const all = await (await caches.open(CACHE)).matchAll();
  const age = response => -response.headers.get("x-saved");
  return all.filter(response => response.headers.has(header)).sort((a, b) => age(a) - age(b));
}

function bundleOf(html) {
  return (/ data-bundle="([^"]+)"/.exec(html) || [])[1];
}

/* The page is asked for with a mark, so that a server's log can tell it from a visit. */
async function fetchAndKeep(path) {
  return keep(path, await (await whole(path + "?offline")).text());
}

async function keep(path, html) {
  try {
    const bundle = ROOT + bundleOf(html);
    const answer = await (await whole(bundle)).text();
    JSON.parse(answer); // a file that was cut off is not kept
    const cache = await caches.open(CACHE);
    const saved = Date.now();
    await cache.put(bundle, respond(answer, {"x-saved": saved, "x-path": bundle, "x-parts": 1}));
    // Prices change: a copy has none.
    const lasting = html.replace(/<(\w+)[^>]*? data-offline="no"[^]*?<\/\1>/g, "");
    await cache.put(path, respond(lasting, {"x-saved": saved, "x-path": path, "x-bundle": bundle}));
  } finally {
    await sweep();
  }
}

/* From the network as it is now. Throws when it is not just this file. */
async function whole(path) {
  const response = await fetch(path, {cache: "no-cache"});
  if (!response.ok || response.redirected) throw new Error(path);
  return response;
}

async function drop(path) {
  await (await caches.open(CACHE)).delete(path);
  await sweep();
}

/* Bundles that no page names go; with the last page goes everything, this worker too. */
async function sweep() {
  const used = new Set((await kept("x-bundle")).map(page => page.headers.get("x-bundle")));
  if (used.size) {
    const cache = await caches.open(CACHE);
    for (const bundle of await kept("x-parts")) {
      const path = bundle.headers.get("x-path");
      if (!used.has(path)) await cache.delete(path);
    }
  } else {
    await caches.delete(CACHE);
    await self.registration.unregister();
  }
}
