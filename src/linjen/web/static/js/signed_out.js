// A talk whose session has ended while somebody writes in it. Her words are kept sealed (kept.js) for the same tab, so that
// they stand in the box again when she has signed in; and when she signs in in another tab, the page goes on by itself.
const FIRST_MS = 1000;
const LONGEST_MS = 15_000;
const LATE_MS = 1000;

const part = () => document.getElementById("session");
const sealing = () => import(part().dataset.kept);
const name = (base) => `${base} talk`;

export const keepWords = async (base, text) => (await sealing()).seal(name(base), text);
export const findWords = async (base) => (await sealing()).unseal(name(base));

// What stands in the box and what was kept: neither is lost, and nothing stands there twice.
export function joined(kept, written) {
  if (!written.trim() || kept.startsWith(written)) return kept;
  return written.includes(kept) ? written : `${kept}\n\n${written}`;
}

// `text()` gives what is not sent. `back(page)` goes on with the page as the server draws it now, once the same person is
// signed in; for anybody else nothing happens here.
export function waitForHer({ base, text, link, back }) {
  let timer = 0;
  let pause = FIRST_MS;
  let asking = false;
  let over = false;
  let keeping = Promise.resolve();

  const keep = () => (keeping = keeping.then(() => keepWords(base, text())).catch(() => {}));

  async function ask() {
    clearTimeout(timer);
    if (over || asking) return;
    asking = true;
    try {
      const answer = await fetch(base, { headers: { accept: "text/html", "x-linjen": "1" } });
      if (answer.ok) await look(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      // Without a connection nobody can have signed in here.
    }
    asking = false;
    pause = Math.min(LONGEST_MS, pause * 1.5);
    if (!over) timer = setTimeout(ask, pause);
  }

  async function look(page) {
    const now = page.getElementById("session");
    if (!page.getElementById("chat") || !now?.dataset.keep || now.dataset.keep !== part().dataset.keep) return;
    over = true;
    removeEventListener("focus", seen);
    document.removeEventListener("visibilitychange", seen);
    document.removeEventListener("input", keep);
    link.removeEventListener("click", leave);
    // Every form of this page bears the mark of the session that has ended.
    const { csrf } = now.dataset;
    part().dataset.csrf = csrf;
    for (const field of document.querySelectorAll("input[name=csrf]")) field.value = csrf;
    await keeping;
    await keepWords(base, "").catch(() => {});
    back(page, csrf);
  }

  const seen = () => document.visibilityState === "visible" && ask();

  // Her last key is kept, too, before the page goes.
  async function leave(event) {
    event.preventDefault();
    await Promise.race([keep(), new Promise((done) => { setTimeout(done, LATE_MS); })]);
    location.assign(link.href);
  }

  addEventListener("focus", seen);
  document.addEventListener("visibilitychange", seen);
  document.addEventListener("input", keep);
  link.addEventListener("click", leave);
  keep();
  timer = setTimeout(ask, pause);
}
