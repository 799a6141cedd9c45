// On every page: Linjen as an app, whose service worker is fetched when a page is ready; what stands on the screen goes at
// sign-out; and the quick way out.
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

// The quick way out: this page is replaced, so that the back button does not lead here, and the session ends behind it.
document.querySelector("[data-quick-exit]")?.addEventListener("click", (event) => {
  event.preventDefault();
  const out = document.querySelector("form[action='/sign-out']");
  if (out) fetch("/sign-out", { method: "POST", body: new URLSearchParams(new FormData(out)), keepalive: true }).catch(() => {});
  document.documentElement.hidden = true;
  location.replace(event.currentTarget.href);
});
