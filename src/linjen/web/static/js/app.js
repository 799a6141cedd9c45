// Linjen as an app: its service worker is fetched when a page is ready, and what stands on the screen goes at sign-out.
const workers = navigator.serviceWorker;

if (workers) {
  const begin = () => workers.register("/sw.js", { updateViaCache: "none" }).catch(() => {});  // a page works without it
  if (document.readyState === "complete") begin();
  else addEventListener("load", begin, { once: true });
}

document.addEventListener("submit", (event) => {
  if (new URL(event.target.action, location.href).pathname !== "/sign-out") return;
  workers?.controller?.postMessage("signed-out");
  try {
    sessionStorage.clear();
  } catch {
    // A browser that keeps nothing for us has nothing to forget.
  }
});
