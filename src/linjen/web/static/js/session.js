// Keeps a session that is in use alive, warns before it ends, and leaves the page when it has ended.
// A resident is asked five minutes before; a staff screen is locked by its own form. Open windows share the time left.
const root = document.documentElement;
const part = document.getElementById("session");
// Begun at once: when a page must be left the server may be away. Only forms of staff are kept (kept.js); a resident's
// are drafts of the server, and of hers only the box of a talk whose session had ended may be there (signed_out.js).
const isStaff = part?.dataset.kind === "staff";
if (part?.dataset.kept && !isStaff && hasKept()) import(part.dataset.kept).catch(() => {});
const keeping = isStaff && part.dataset.kept ? import(part.dataset.kept).catch(() => null) : null;

function hasKept() {
  try {
    return Object.keys(sessionStorage).some((name) => name.startsWith("linjen-kept "));
  } catch {
    return false;
  }
}

// A page on which nothing can be written needs nothing that watches over it (line.js); staff's may come to have something.
const line = document.getElementById("line");
const writes = () => document.querySelector("main form[method=post] :is(textarea, input:not([type=hidden]))");
if (line && (isStaff || writes())) import(line.dataset.script).catch(() => {});

export const isLeaving = () => "leaving" in root.dataset;

// A page that must be left by itself, since nobody may be there or its case has gone: what stands on the screen goes
// first, and no question of the page's own ("leave?") holds it up. Then what is typed is kept, and `go` leads on.
export async function leaveBy(go) {
  root.dataset.leaving = "";
  root.hidden = true;
  const late = new Promise((done) => { setTimeout(done, 1000); });
  // A talk says what it has to keep (chat.js).
  const more = [];
  document.dispatchEvent(new CustomEvent("linjen:leaving", { detail: more }));
  await Promise.race([Promise.all([keeping?.then((kept) => kept?.keep()), ...more]), late]);
  go();
}

if (part) watch(part);

function watch(session) {
  const staff = session.dataset.kind === "staff";
  const warnMs = 5 * 60 * 1000;
  const tellEveryMs = staff ? 60_000 : 120_000;
  const channel = new BroadcastChannel(`linjen-session-${session.dataset.kind}`);
  let endsAt = Date.now() + Number(session.dataset.idleLeft) * 1000;
  let toldAt = Date.now();

  function prolong(leftS) {
    endsAt = Date.now() + leftS * 1000;
    show();
  }

  async function tell() {
    toldAt = Date.now();
    try {
      const answer = await fetch(session.dataset.stay, {
        method: "POST",
        headers: { "x-linjen": "1", "x-csrf": session.dataset.csrf },
      });
      if (answer.status === 401) return leave();
      if (!answer.ok) return;
      const { idle_left_s: left } = await answer.json();
      prolong(left);
      channel.postMessage({ left });
    } catch {
      // Without a connection nothing is prolonged; the server decides when it is back.
    }
  }

  const FIELD = "linjen-field";
  const fields = () => [...document.querySelectorAll("main :is(input, select, textarea, button, summary, a)")];

  // After signing in again she is back where she was: at the same field, by its number alone.
  function keepPlace() {
    const at = fields().indexOf(document.activeElement);
    try {
      if (at >= 0) sessionStorage.setItem(FIELD, `${at} ${location.pathname}`);
    } catch {
      // Then she comes back to the page.
    }
  }

  function findPlace() {
    try {
      const [at, path] = (sessionStorage.getItem(FIELD) ?? "").split(" ");
      if (path !== location.pathname) return;
      sessionStorage.removeItem(FIELD);
      fields()[Number(at)]?.focus();
    } catch {
      // A browser that keeps nothing for us has no place to go to.
    }
  }

  // The other windows of this very session: one that woke up with an older one locks nobody out.
  const lockAll = () => channel.postMessage({ left: 0, of: session.dataset.csrf });

  function leave() {
    if (!staff) keepPlace();
    if (staff && !isLeaving()) lockAll();
    const next = encodeURIComponent(location.pathname);
    return leaveBy(() => (staff ? session.querySelector("form").submit() : location.assign(`/sign-in?next=${next}&why=ended`)));
  }

  function show() {
    const leftMs = endsAt - Date.now();
    if (leftMs <= 0) return leave();
    if (!staff) session.hidden = leftMs > warnMs;
  }

  function active() {
    // Once the warning is shown only its button counts: a sleeve on the keyboard is not an answer.
    if (session.hidden && Date.now() - toldAt > tellEveryMs) tell();
  }

  // Not "scroll": what comes in scrolls the page, too, and nobody may be there.
  for (const kind of ["keydown", "pointerdown", "wheel", "touchmove"]) {
    document.addEventListener(kind, active, { passive: true, capture: true });
  }
  session.addEventListener("submit", (event) => {
    // A screen that is locked by hand locks the other windows, too.
    if (staff) return lockAll();
    event.preventDefault();
    tell();
  });
  channel.addEventListener("message", ({ data: { left, of } }) => {
    if (!of || of === session.dataset.csrf) prolong(left);
  });
  // Whoever goes back to a page that was left so gets it drawn anew, or the lock.
  addEventListener("pageshow", (event) => event.persisted && isLeaving() && location.reload());
  document.addEventListener("visibilitychange", show);
  setInterval(show, 5000);
  if (!staff) findPlace();
}
