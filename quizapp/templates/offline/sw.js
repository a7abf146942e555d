/* The service worker: it keeps the study screen of this release, and shows it offline. Online, everything comes from the
   server; pages with somebody's progress are never kept. */

const CACHE = "quizapp-shell-{{ release }}";
const SHELL = {{ shell|tojson(indent=2) }};

/** Fetch all of it, or none: the release before stays in use until this one is complete. */
async function keep() {
  const cache = await caches.open(CACHE);
  // Without cookies the study screen is the same for everybody.
  await cache.addAll(SHELL.map((address) => new Request(address, { credentials: "omit" })));
  await skipWaiting();
}

async function takeOver() {
  const old = (await caches.keys()).filter((name) => name.startsWith("quizapp-shell-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

const kept = async (address) => (await caches.open(CACHE)).match(address, { ignoreVary: true });

const page = (request) => fetch(request).catch(async () => (await kept(SHELL[0])) ?? Response.error());
const picture = async (request) => (await caches.match(request.url)) ?? fetch(request);
const asset = async (request) => (await kept(request.url)) ?? fetch(request);

addEventListener("install", (event) => event.waitUntil(keep()));
addEventListener("activate", (event) => event.waitUntil(takeOver()));
addEventListener("message", (event) => event.waitUntil(clients.claim())); // from a page that was loading just then
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (pathname.startsWith("/pictures/")) event.respondWith(picture(request));
  else if (SHELL.includes(pathname + search)) event.respondWith(asset(request));
});

/* Reminders: what the server sends is shown, and a press on it opens Today. */

const badge = (due) => (due && navigator.setAppBadge ? navigator.setAppBadge(due) : null);

async function remind({ title, body, badge: due }) {
  const options = { body, tag: "today", icon: {{ asset('icons/192.png')|tojson }} };
  await Promise.all([registration.showNotification(title, options), badge(due)]);
}

async function openToday() {
  const address = {{ url_for('review.today')|tojson }};
  const [open] = await clients.matchAll({ type: "window" });
  if (!open) return clients.openWindow(address);
  return (await open.focus()).navigate(address);
}

addEventListener("push", (event) => event.waitUntil(remind(event.data.json())));
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openToday());
});
