/// <reference lib="webworker" />
/** Works where there is no network: keeps the app itself, shows it under every address of its own, sends what waits. */

import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from "workbox-precaching";
import { createPartialResponse } from "workbox-range-requests";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { CacheFirst } from "workbox-strategies";

import { keepSeen, SEEN } from "./data/seen.ts";
import { sendAll } from "./data/sending.ts";

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] };

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();

// Pages of the server's own are its own: the API's description, what is printed, what is downloaded.
registerRoute(
  new NavigationRoute(createHandlerBoundToURL("/index.html"), {
    denylist: [
      /^\/(api|tiles|welcome|about|basemap|sign-in|healthz|readyz|metrics)\b/,
      /^\/q\/[^/]+\/(qr\.svg|preview\.png)$/,
    ],
  }),
);
registerRoute(
  ({ url }) => url.origin === self.location.origin && url.pathname.startsWith("/assets/"),
  new CacheFirst({ cacheName: "later" }),
);
// Somebody's own picture is shown by an address for ten minutes: nothing of it is kept here.
// Tiles and media: what was seen last, then what was taken along, then the network. What is not the newest is better than
// nothing out there, and is renewed while there is a network.
registerRoute(
  ({ url, sameOrigin }) =>
    sameOrigin && /^\/(tiles|basemap)\/|^\/media\/[0-9a-f]{64}$|^\/q\/[^/]+\/qr\.svg$/.test(url.pathname),
  async ({ request }) => {
    const anyway = { ignoreVary: true };
    const kept =
      (await caches.match(request, { ...anyway, cacheName: SEEN })) ?? (await caches.match(request, anyway));
    const fetched = fetch(request).then(async (response) => {
      if (response.status === 200) await keepSeen(request, response.clone());
      return response;
    });
    if (!kept) return fetched;
    void fetched.catch(() => {});
    // Players of sounds ask for a part, and some take nothing else.
    return request.headers.has("range") ? createPartialResponse(request, kept) : kept;
  },
);
// Badges look the same where there is no network.
registerRoute(
  ({ url }) =>
    url.origin === self.location.origin && /^\/api\/v1\/badges\/[a-z0-9-]+\/picture\.png$/.test(url.pathname),
  new CacheFirst({ cacheName: "badges" }),
);

// An app that is open decides when its next version takes over: never in the middle of something.
self.addEventListener("message", (event) => {
  if ((event.data as { type?: string })?.type === "SKIP_WAITING") void self.skipWaiting();
});

self.addEventListener("sync", (event) => {
  const waking = event as ExtendableEvent & { readonly tag: string };
  if (waking.tag === "outbox")
    waking.waitUntil(sendAll({ languages: [...self.navigator.languages], now: Date.now }));
});
