// What stands written in the forms of a staff page that must be left by itself (the lock, a case that went), and in the box
// of a talk, of either side, whose session has ended (signed_out.js): it is kept in
// this tab alone and put back when the same page is drawn again for the same person. It is sealed with a key that only
// her own pages bring along, so that nothing of a patient can be read on a locked or signed-out screen, and it is erased
// when it is back, at sign-out, for anybody else, and after half an hour.
const KEPT = "linjen-kept ";
const LIVES_MS = 30 * 60_000;
// No choice is kept, since what was confirmed must be seen anew; but a text without its tick would not be in the note.
const TYPED = "main form[method=post] :is(textarea, input:not([type]), input[type=text], [name^=tick_])[name]:not([readonly])";

const base64 = (bytes) => btoa(Array.from(new Uint8Array(bytes), (one) => String.fromCharCode(one)).join(""));
const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));

// Of the page that is drawn; null where nobody is signed in, or where the browser cannot seal (no secure connection).
async function findKey() {
  const told = document.getElementById("session")?.dataset.keep;
  if (!told || !globalThis.crypto?.subtle) return null;
  const raw = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(told));
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  return { key, who: base64(await crypto.subtle.digest("SHA-256", raw)) };
}

// The boxes by form and name; the box of the talk has its own draft on the server.
function boxes() {
  const counts = new Map();
  return [...document.querySelectorAll(TYPED)].filter((box) => box.form.id !== "composer").map((box) => {
    const place = `${box.form.getAttribute("action")} ${box.name}`;
    counts.set(place, (counts.get(place) ?? 0) + 1);
    return { box, place: `${place} ${counts.get(place)}` };
  });
}

const isTick = (box) => box.type === "checkbox";
const valueOf = (box) => (isTick(box) ? String(box.checked) : box.value);
const drawnOf = (box) => (isTick(box) ? String(box.defaultChecked) : box.defaultValue);

function typed() {
  // A form that was refused is drawn with what was typed in it; nowhere else is that written.
  const refused = document.querySelector("main [aria-invalid=true]") !== null;
  return boxes()
    .filter(({ box }) => valueOf(box).trim() && (refused || valueOf(box) !== drawnOf(box)))
    .map(({ box, place }) => ({ place, text: valueOf(box), was: refused ? null : drawnOf(box) }));
}

export async function keep() {
  try {
    const texts = typed();
    if (texts.length) await seal(location.pathname, texts);
  } catch {
    // A browser that keeps nothing for us must be left all the same.
  }
}

// Under a name of its own, for a script that keeps something else than forms; "" takes it away.
export async function seal(name, value) {
  if (!value) return sessionStorage.removeItem(KEPT + name);
  const found = await findKey();
  if (!found) return;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(value));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, found.key, plain);
  const entry = { who: found.who, until: Date.now() + LIVES_MS, iv: base64(iv), sealed: base64(sealed) };
  sessionStorage.setItem(KEPT + name, JSON.stringify(entry));
}

// What was sealed under this name for who is signed in now, once; null where there is nothing for her.
export async function unseal(name) {
  const entry = JSON.parse(sessionStorage.getItem(KEPT + name));
  const found = entry && await findKey();
  if (!found || entry.who !== found.who || entry.until <= Date.now()) return null;
  sessionStorage.removeItem(KEPT + name);
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(entry.iv) }, found.key, bytes(entry.sealed));
  return JSON.parse(new TextDecoder().decode(plain));
}

const names = () => Object.keys(sessionStorage).filter((name) => name.startsWith(KEPT));

function erase(goes = () => true) {
  for (const name of names()) if (goes(JSON.parse(sessionStorage.getItem(name)))) sessionStorage.removeItem(name);
}

function putBack({ place, text, was }) {
  const box = boxes().find((one) => one.place === place)?.box;
  // What has been written here since then stays as it is.
  if (!box || valueOf(box) !== drawnOf(box) || valueOf(box) === text) return;
  // A colleague may have saved other words meanwhile: both stand there, and who writes sees it.
  const changed = box.value.trim() && was !== null && box.value !== was;
  if (isTick(box)) box.checked = text === "true";
  else box.value = changed && box.localName === "textarea" ? `${box.value}\n\n${text}` : text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  for (let part = box.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
}

async function begin() {
  if (!names().length) return;
  erase((entry) => entry.until <= Date.now());
  const found = await findKey();
  // The lock page has no key: it cannot read anything, and says until when it is there.
  if (!found) return tell();
  erase((entry) => entry.who !== found.who);
  for (const one of (await unseal(location.pathname)) ?? []) putBack(one);
}

function tell() {
  const line = document.getElementById("kept");
  if (!line || !names().length) return;
  const until = Math.max(...names().map((name) => JSON.parse(sessionStorage.getItem(name)).until));
  const at = new Date(until).toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit" }).replace(":", ".");
  line.textContent = line.dataset.words.replace("{at}", at);
  line.hidden = false;
  setTimeout(() => {
    erase();
    line.hidden = true;
  }, until - Date.now());
}

document.addEventListener("submit", (event) => {
  if (new URL(event.target.action, location.href).pathname.replace("/clinic", "") !== "/sign-out") return;
  try {
    erase();
  } catch {
    // Then nothing was kept.
  }
});

begin().catch(() => {});
