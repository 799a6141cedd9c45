// Aviseringar on this device: permission is asked only after a press, and the browser's subscription is sent to the server.
const part = document.getElementById("push");
if (part) begin(part).catch(() => show("unsupported"));

function show(state) {
  for (const one of part.querySelectorAll("[data-when]")) one.hidden = one.dataset.when !== state;
}

async function begin() {
  // On an iPhone there is push only once the page has been put on the home screen.
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return show("unsupported");
  const worker = await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  const now = await worker.pushManager.getSubscription();
  const mark = now && (await markOf(now.endpoint));
  const ours = mark ? part.querySelector(`[data-mark="${mark}"]`) : null;
  if (ours) {
    ours.hidden = false;
    ours.closest("li").querySelector("form").addEventListener("submit", (event) => turnOff(event, now));
  }
  show(ours ? "on" : Notification.permission === "denied" ? "denied" : "off");
  document.getElementById("push-on").addEventListener("click", turnOn);
}

// What the server knows this browser by: a hash of its address.
async function markOf(endpoint) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint)));
  return [...hash.slice(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytesOf(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

async function turnOn(event) {
  const button = event.currentTarget;
  button.disabled = true;
  tell("");
  try {
    if ((await Notification.requestPermission()) !== "granted") return show(Notification.permission === "denied" ? "denied" : "off");
    const { pushManager } = await navigator.serviceWorker.ready;
    // One that belongs to an older key of ours is of no use any more.
    await (await pushManager.getSubscription())?.unsubscribe();
    const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(part.dataset.key) });
    const refused = await send(made);
    if (!refused) return location.replace("/profile/notices?done=here#push");
    await made.unsubscribe();
    tell(refused);
  } catch {
    tell(part.dataset.failed);
  } finally {
    button.disabled = false;
  }
}

// '' when it is kept, else why not.
async function send(made) {
  const { endpoint, keys } = made.toJSON();
  const answer = await fetch("/profile/notices/devices", {
    method: "POST",
    headers: { "x-linjen": "1", "x-csrf": part.dataset.csrf },
    body: new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth }),
  });
  if (answer.ok) return "";
  if (answer.status === 401) location.assign("/sign-in?next=/profile/notices&why=ended");
  return (await answer.json().catch(() => ({}))).text ?? part.dataset.failed;
}

async function turnOff(event, subscription) {
  event.preventDefault();
  await subscription.unsubscribe().catch(() => {});
  event.target.submit();
}

function tell(text) {
  const place = document.getElementById("push-told");
  place.textContent = text;
  place.hidden = !text;
}
