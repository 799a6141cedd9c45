// Patientliggaren, live. A row never moves while the pointer rests in the table or the focus is in it: what would shift
// rows waits, is counted in a bar at the bottom, and is shown when the pointer leaves or the bar's button is pressed.
const table = document.getElementById("ledger");
const words = document.getElementById("ledger-words")?.dataset;
if (table && words) keepAlive();

function keepAlive() {
  const bar = document.getElementById("ledger-bar");
  const lost = document.getElementById("ledger-lost");
  const news = document.getElementById("ledger-news");
  const heldOnly = words.heldOnly === "1";
  const clockOffset = Date.parse(table.dataset.now) - Date.now();
  const waiting = new Map(); // case id -> the row to show, or null for one that leaves
  let version = table.dataset.version;
  let pointerInside = false;
  let fetching = null;
  let source = null;
  let fresh = [];
  const unseen = new Set(); // cases that have come while this page was open and have not stood in it yet
  const raised = new Set(); // cases that have become more urgent and have not stood in their new place yet
  let announceTimer = 0;
  let lostTimer = 0;
  let urgentUnseen = false;

  const section = (state) => table.querySelector(`tbody[data-section="${state}"]`);
  const rowOf = (id) => document.getElementById(`case-${id}`);
  const idOf = (row) => row.id.slice("case-".length);
  const held = () => pointerInside || [table, bar].some((part) => part.contains(document.activeElement));
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

  // -- one change ---------------------------------------------------------------------------------------------------

  const isMine = (row) => row?.dataset.state === "in_progress" && /^(\/\d)?0-/.test(row.dataset.sort);

  function take(id, row) {
    if (isMine(row) || isMine(rowOf(id))) document.dispatchEvent(new CustomEvent("linjen:chats"));
    const old = rowOf(id);
    const known = waiting.get(id) ?? old;
    if (row && !known && row.dataset.state === "queued") noteNew(row);
    if (row && known && Number(row.dataset.priority) < Number(known.dataset.priority)) noteRaised(row);
    if (row?.dataset.unmet && known && known.dataset.unmet !== row.dataset.unmet) note(row, words.announceUnmet);
    if (!row && !old) waiting.delete(id);
    else if (row && old && staysInPlace(old, row)) {
      waiting.delete(id);
      old.classList.remove("lj-row-gone");
      patch(old, row);
      if (raised.delete(id)) flash(old);
    } else if (held()) {
      waiting.set(id, row);
      if (old && row?.dataset.state === old.dataset.state) patch(old, row, old.dataset.sort);
      else if (old) dim(old, row);
    } else {
      waiting.delete(id);
      place(id, row);
    }
    tell();
  }

  function staysInPlace(old, row) {
    if (old.dataset.state !== row.dataset.state) return false;
    const before = old.previousElementSibling;
    const after = old.nextElementSibling;
    return (!before || before.dataset.sort < row.dataset.sort) && (!after || after.dataset.sort > row.dataset.sort);
  }

  // The row as it is now, where it stands; with `sort` it still belongs to its old place.
  function patch(old, row, sort = row.dataset.sort) {
    for (const [number, cell] of [...row.cells].entries()) {
      const shown = old.cells[number];
      if (shown.innerHTML !== cell.innerHTML && !shown.contains(document.activeElement)) shown.innerHTML = cell.innerHTML;
    }
    if (!row.dataset.unmet) delete old.dataset.unmet;
    Object.assign(old.dataset, row.dataset, { sort });
    old.classList.remove("lj-row-1", "lj-row-2", "lj-row-3", "lj-row-4", "lj-row-5");
    old.classList.add(`lj-row-${row.dataset.priority}`);
    document.dispatchEvent(new CustomEvent("linjen:row", { detail: idOf(old) }));
  }

  // The row stands where it stood, grey, and says what became of it.
  function dim(old, row) {
    const holder = row?.querySelector("[data-holder]")?.textContent.trim();
    old.querySelector("[data-holder]").textContent = holder ? fill(words.taken, { name: holder }) : row ? "" : words.gone;
    old.classList.add("lj-row-gone");
  }

  function place(id, row) {
    rowOf(id)?.remove();
    const body = row && section(row.dataset.state);
    if (!body) return;
    const next = [...body.rows].find((other) => other.dataset.sort > row.dataset.sort);
    body.insertBefore(row, next ?? null);
    document.dispatchEvent(new CustomEvent("linjen:row", { detail: id }));
    if ([unseen.delete(id), raised.delete(id)].some(Boolean)) flash(row);
  }

  function flash(row) {
    row.classList.add("lj-row-new");
    setTimeout(() => row.classList.remove("lj-row-new"), 20_000);
  }

  function settle() {
    if (held()) return;
    for (const [id, row] of waiting) place(id, row);
    waiting.clear();
    tell();
  }

  // -- what is said of it -------------------------------------------------------------------------------------------

  function noteNew(row) {
    unseen.add(idOf(row));
    document.dispatchEvent(new CustomEvent("linjen:arrived", { detail: row.dataset.priority }));
    note(row, words.announce);
  }

  function noteRaised(row) {
    raised.add(idOf(row));
    note(row, words.announceRaised);
  }

  function note(row, text) {
    fresh.push({
      text,
      priority: row.dataset.priority,
      level: row.querySelector("[data-level]").textContent,
      reason: row.querySelector(".lj-reason").textContent,
    });
    if (row.dataset.priority <= 2) urgentUnseen = true;
    clearTimeout(announceTimer);
    announceTimer = setTimeout(announce, 600);
  }

  // Level and reason only: a screen reader may be heard by others.
  function announce() {
    const first = fresh.reduce((one, other) => (other.priority < one.priority ? other : one));
    const text = fresh.length === 1 ? first.text : words.announceMany;
    news.textContent = fill(text, { ...first, count: fresh.length });
    fresh = [];
  }

  // As they will stand when nothing holds them up any more.
  function rowsOf(state) {
    const settled = [...(section(state)?.rows ?? [])].filter((row) => !waiting.has(idOf(row)));
    return [...settled, ...[...waiting.values()].filter((row) => row?.dataset.state === state)];
  }

  const count = (state) => rowsOf(state).length;

  // With a filter on (ledger_filters.js) a section tells how many of its cases are shown.
  function tellCount(state) {
    const shown = table.querySelector(`[data-count="${state}"]`);
    if (!shown) return;
    const asked = { rows: rowsOf(state), text: "" };
    document.dispatchEvent(new CustomEvent("linjen:count", { detail: asked }));
    const text = asked.text || String(asked.rows.length);
    if (shown.textContent !== text) shown.textContent = text;
  }

  function tell() {
    for (const state of ["queued", "in_progress"]) {
      tellCount(state);
      const empty = table.querySelector(`[data-empty="${state}"]`);
      if (empty) empty.hidden = section(state).rows.length > 0;
    }
    const mark = urgentUnseen ? `${words.urgentTitle} · ` : "";
    const counted = words.titleCount ? `(${count(heldOnly ? "in_progress" : "queued")}) ` : "";
    document.title = `${counted}${mark}${words.title} – ${words.where}`;
    tellBar();
  }

  function tellBar() {
    const added = [...waiting].filter(([id, row]) => row && (!rowOf(id) || raised.has(id))).map(([, row]) => row);
    const onlyRaised = added.length > 0 && added.every((row) => raised.has(idOf(row)));
    const urgent = added.filter((row) => row.dataset.priority <= 2).length;
    bar.hidden = waiting.size === 0;
    bar.classList.toggle("lj-news-urgent", urgent > 0);
    const many = urgent || added.length;
    const key = `${onlyRaised ? "raised" : urgent ? "urgent" : "new"}${many === 1 ? "One" : "Many"}`;
    const text = many ? fill(words[key], { count: many }) : words.changed;
    const shown = document.getElementById("ledger-bar-text");
    if (shown.textContent !== text) shown.textContent = text;
  }

  function tellTimes() {
    for (const row of table.querySelectorAll("tr[data-since]")) {
      const cell = row.querySelector("[data-waiting]");
      const text = waited(Math.floor((Date.now() + clockOffset - Date.parse(row.dataset.since)) / 60_000));
      if (cell.textContent !== text) cell.textContent = text;
      tellTurn(row);
    }
    for (const row of table.querySelectorAll("tr[data-deadline]")) tellOver(row);
  }

  // The second clock: whose turn it is to write, and since when.
  function tellTurn(row) {
    const cell = row.querySelector("[data-turn-since]");
    const minutes = Math.floor((Date.now() + clockOffset - Date.parse(cell.dataset.turnSince)) / 60_000);
    const key = `turn${row.dataset.turn === "staff" ? "Staff" : "Resident"}`;
    const text = minutes < 1 ? words[`${key}Now`] : fill(words[key], { waited: waited(minutes) });
    if (cell.textContent !== text) cell.textContent = text;
  }

  // A deadline that passes while the page is open moves the row, as web/fast.py would draw it; one that somebody holds
  // stays where it is.
  function tellOver(row) {
    const minutes = Math.floor((Date.now() + clockOffset - Date.parse(row.dataset.since)) / 60_000);
    const deadline = Number(row.dataset.deadline);
    if (minutes <= deadline) return;
    if (row.dataset.priority <= 2) return void sayLate(row.querySelector("[data-due][data-late]"));
    if (row.dataset.state !== "queued") return sayOver(row);
    const rank = String(10_000_000 - Math.floor((minutes * 1000) / deadline)).padStart(8, "0");
    const sort = `${row.dataset.sort[0]}-2~${rank}-${idOf(row)}`;
    if (row.dataset.sort === sort) return;
    const moved = row.cloneNode(true);
    moved.dataset.sort = sort;
    sayOver(moved);
    take(idOf(row), moved);
  }

  function sayOver(row) {
    const due = row.querySelector("[data-due]");
    if (due.textContent !== words.over) due.textContent = words.over;
    due.classList.add("lj-due-over");
  }

  // Level 2 keeps its place when its time is out, and says so.
  function sayLate(due) {
    if (!due || due.textContent === due.dataset.late) return;
    due.textContent = due.dataset.late;
    due.classList.add("lj-due-over");
  }

  function waited(minutes) {
    if (minutes < 1) return words.waitedNow;
    if (minutes < 60) return fill(words.waitedMinutes, { minutes });
    if (minutes < 48 * 60) return fill(minutes % 60 ? words.waitedHours : words.waitedHour, { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
    return fill(words.waitedDays, { days: Math.floor(minutes / 1440) });
  }

  // -- the whole table anew -----------------------------------------------------------------------------------------

  async function fetchAnew() {
    if (fetching) return;
    fetching = [];
    let late;
    try {
      const answer = await fetch(location.pathname, { headers: { "x-linjen": "1" } });
      if (answer.status === 401 || answer.status === 404) return leave();
      if (answer.ok) merge(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      // Without a connection the table stays as it is; the next hello asks again.
    } finally {
      [late, fetching] = [fetching, null];
    }
    for (const [id, row] of late) take(id, row);
  }

  function merge(page) {
    version = page.getElementById("ledger").dataset.version;
    const rows = new Map([...page.querySelectorAll("tr[data-sort]")].map((row) => [idOf(row), document.adoptNode(row)]));
    const shown = [...table.querySelectorAll("tr[data-sort]")].map(idOf);
    for (const id of [...shown, ...waiting.keys()]) if (!rows.has(id)) take(id, null);
    for (const [id, row] of rows) take(id, row);
    mergeLate(page.getElementById("ledger-late"));
  }

  // What was heard in closed cases: told aloud when there is more of it than before.
  function mergeLate(now) {
    const here = document.getElementById("ledger-late");
    if (!now || !here || now.innerHTML === here.innerHTML) return;
    const more = now.querySelectorAll("li").length > here.querySelectorAll("li").length;
    here.innerHTML = now.innerHTML;
    if (more) news.textContent = words.announceLate;
  }

  function leave() {
    source?.close();
    location.reload(); // the server knows where to: sign-in, the lock, or "there is no such page"
  }

  // -- the stream ---------------------------------------------------------------------------------------------------

  function heard(id, row) {
    if (fetching) fetching.push([id, row]);
    else take(id, row);
  }

  function open() {
    source = new EventSource(words.stream);
    source.addEventListener("hello", (event) => {
      clearTimeout(lostTimer);
      lostTimer = 0;
      lost.hidden = true;
      if (event.data !== version) fetchAnew();
    });
    source.addEventListener("row", (event) => {
      const holder = document.createElement("template");
      holder.innerHTML = event.data;
      const row = holder.content.firstElementChild;
      heard(idOf(row), row);
    });
    source.addEventListener("presence", (event) => document.dispatchEvent(new CustomEvent("linjen:presence", { detail: event.data })));
    source.addEventListener("gone", (event) => heard(event.data, null));
    source.addEventListener("reload", fetchAnew);
    source.addEventListener("signed_out", leave);
    source.addEventListener("error", () => {
      if (!lostTimer) lostTimer = setTimeout(tellLost, 4000, new Date());
      if (source.readyState === EventSource.CLOSED) setTimeout(reopen, 5000);
    });
  }

  async function reopen() {
    await fetchAnew();
    open();
  }

  function tellLost(since) {
    const at = `kl. ${since.toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit" }).replace(":", ".")}`;
    lost.firstElementChild.textContent = fill(words.lost, { at });
    lost.hidden = false;
  }

  // -- the reader ---------------------------------------------------------------------------------------------------

  table.addEventListener("pointerenter", (event) => { pointerInside = event.pointerType !== "touch"; });
  table.addEventListener("pointermove", (event) => { pointerInside = event.pointerType !== "touch"; });
  for (const part of [table, bar]) {
    part.addEventListener("pointerleave", (event) => {
      pointerInside = [table, bar].some((other) => other.contains(event.relatedTarget));
      settle();
    });
    part.addEventListener("focusout", () => setTimeout(settle));
  }
  for (const kind of ["focus", "pointermove", "keydown"]) {
    window.addEventListener(kind, () => {
      if (!urgentUnseen || document.hidden) return;
      urgentUnseen = false;
      setTimeout(tell, 5000);
    }, { passive: true });
  }
  document.getElementById("ledger-show").addEventListener("click", () => {
    const first = [...waiting].find(([id, row]) => row && (!rowOf(id) || raised.has(id)))?.[0];
    pointerInside = false;
    document.activeElement.blur();
    settle();
    (first ? rowOf(first)?.querySelector("a") : document.querySelector("h1"))?.focus();
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) tellTimes(); });
  document.addEventListener("linjen:filtered", () => { for (const state of ["queued", "in_progress"]) tellCount(state); });
  setInterval(tellTimes, 20_000);
  open();
}

// What to try stays folded for who has folded it; a notice of what was done is told once.
const tips = document.getElementById("try");
if (tips) {
  if (localStorage.getItem("linjen-try") === "folded") tips.open = false;
  tips.addEventListener("toggle", () => localStorage.setItem("linjen-try", tips.open ? "open" : "folded"));
}
const query = new URLSearchParams(location.search);
if (query.has("done")) {
  query.delete("done");
  history.replaceState(null, "", location.pathname + (query.size ? `?${query}` : ""));
}
