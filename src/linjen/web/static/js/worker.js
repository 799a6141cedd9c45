// The service worker, for two things alone: a page that says what to do without a connection, and notices.
// It keeps the files of that page and nothing else: no answer of the server, and nothing of any person. The server puts
// RELEASE before this text: a hash of all it keeps, those files' addresses, and the icons of a notice.
const KEPT = `linjen-offline-${RELEASE.version}`;
const OFFLINE = "/offline";
const CASES = "/cases";

self.addEventListener("install", (event) => {
  // What is sent is none of ours. Without this it still goes through here, and what a page sends in the moment when it is
  // left was lost on that way in 10 of 69 tries: the last words of who wrote. With it, in none of 40.
  event.addRoutes?.({ condition: { requestMethod: "POST" }, source: "network" });
  // "omit": what is kept is what a stranger would get.
  const wanted = RELEASE.files.map((file) => new Request(file, { credentials: "omit", cache: "no-cache" }));
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(wanted)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

async function takeOver() {
  for (const name of await caches.keys()) if (name.startsWith("linjen-") && name !== KEPT) await caches.delete(name);
  // The page is asked for at once, without waiting for this worker to start.
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin || request.method !== "GET") return;
  if (request.mode === "navigate") {
    // Staff have their own screens; and a form that is sent is never answered from here.
    if (!/^\/(clinic|manage)(\/|$)/.test(pathname)) event.respondWith(open(event));
  } else if (RELEASE.files.includes(pathname)) {
    event.respondWith(caches.match(pathname).then((kept) => kept ?? fetch(request)));
  }
});

async function open(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return (await caches.match(OFFLINE)) ?? Response.error();
  }
}

self.addEventListener("push", (event) => {
  event.waitUntil(tell(event.data));
});

// A browser demands that something is shown; what cannot be read is told in the same neutral way.
async function tell(data) {
  let said = {};
  try {
    said = data?.json() ?? {};
  } catch {
    // Not ours to show.
  }
  const { title = "Linjen", body = "", lang = "sv" } = said;
  // One tag: a newer notice takes the place of an older one.
  await self.registration.showNotification(title, { body, lang, tag: "linjen", icon: RELEASE.icon, badge: RELEASE.badge });
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(goToCases());
});

// A window of hers that is open is brought forward, else a new one; whoever is not signed in is asked to sign in first.
async function goToCases() {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const hers = windows.find((one) => !/^\/(clinic|manage)(\/|$)/.test(new URL(one.url).pathname));
  // A window with something unsent in it asks before it lets go: then a new one is opened.
  const moved = hers ? await hers.navigate(CASES).catch(() => null) : null;
  return moved ? moved.focus() : self.clients.openWindow(CASES);
}

self.addEventListener("message", (event) => {
  if (event.data === "signed-out") event.waitUntil(close());
});

async function close() {
  for (const one of await self.registration.getNotifications()) one.close();
}
