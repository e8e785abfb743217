// The service worker. It keeps the hashed assets that pages used, the offline page, and the one open sitting, so that a
// reload without signal shows it again. It precaches nothing else and answers nothing but GET.

const ASSETS = "aset-1"
const OFFLINE = "luring-1"
const SITTING = "tes-1"
const MOST_ASSETS = 80
const PATIENCE = 3000
const TEST = /^\/tes\/[0-9a-f-]{36}\/$/

addEventListener("install", event => {
  event.waitUntil(caches.open(OFFLINE).then(cache => cache.add("/luring/")).catch(() => {}))
  skipWaiting()
})

addEventListener("activate", event => {
  const known = [ASSETS, OFFLINE, SITTING]
  event.waitUntil(
    caches.keys()
      .then(names => Promise.all(names.filter(name => !known.includes(name)).map(name => caches.delete(name))))
      .then(() => clients.claim())
  )
})

addEventListener("fetch", event => {
  const {request} = event
  const url = new URL(request.url)
  if (url.origin !== location.origin) return
  if (request.method !== "GET") {
    // Signing out leaves nothing of a test on the device's shelf.
    if (url.pathname === "/keluar/") event.waitUntil(caches.delete(SITTING))
    return
  }
  if (url.pathname.startsWith("/static/")) event.respondWith(asset(request, event))
  else if (request.mode === "navigate") event.respondWith(page(request, url, event))
})

async function asset(request, event) {
  const cache = await caches.open(ASSETS)
  const kept = await cache.match(request)
  if (kept) return kept
  const response = await fetch(request)
  if (response.ok && response.status === 200) event.waitUntil(keep(cache, request, response.clone()))
  return response
}

async function keep(cache, request, response) {
  await cache.put(request, response)
  const keys = await cache.keys()
  await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST_ASSETS)).map(key => cache.delete(key)))
}

async function page(request, url, event) {
  const isTest = TEST.test(url.pathname)
  const network = fetch(request)
  if (!isTest) {
    if (/^\/tes\/.*\/bukti\/$/.test(url.pathname)) {
      event.waitUntil(network.then(response => response.ok && caches.delete(SITTING)).catch(() => {}))
    }
    return network.catch(offline)
  }
  const shelf = await caches.open(SITTING)
  const kept = await shelf.match(url.pathname)
  const arriving = network.then(response => {
    if (response.ok && !response.redirected && !url.search) event.waitUntil(shelve(shelf, url.pathname, response.clone()))
    return response
  })
  if (!kept) return arriving.catch(offline)
  const slow = new Promise(resolve => setTimeout(() => resolve(kept), PATIENCE))
  return Promise.race([arriving.then(response => response.status >= 500 ? kept : response), slow]).catch(() => kept)
}

async function shelve(shelf, path, response) {
  await Promise.all((await shelf.keys()).map(key => shelf.delete(key)))
  await shelf.put(path, response)
}

async function offline() {
  const kept = await caches.match("/luring/")
  return kept || Response.error()
}
