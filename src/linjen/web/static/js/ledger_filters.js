// Filters and search in the ledger, at once: rows that are not wanted are hidden, and the address tells the filters,
// never the words. Reason and age stand in the row; whose case it is only the server knows, and is asked by a form.
const tools = document.getElementById("ledger-tools");
const table = document.getElementById("ledger");
if (tools && table) begin();

function begin() {
  const field = document.getElementById("ledger-q");
  const boxes = [...tools.querySelectorAll(".lj-filters input")];
  const shown = document.getElementById("ledger-shown");
  const count = document.getElementById("ledger-filter-count");
  const none = document.getElementById("ledger-none");
  const folds = [...tools.querySelectorAll("details.lj-fold")];
  let byName = new Set();
  let asking = 0;
  let timer = 0;

  const words = () => field.value.toLocaleLowerCase("sv").split(/\s+/).filter(Boolean);
  const chosen = () => boxes.filter((box) => box.checked).map((box) => [box.name, box.value]);

  const facts = {
    level: (row) => row.dataset.priority,
    entry: (row) => row.dataset.entry,
    age: (row) => (Number(row.dataset.years) < 18 ? "child" : "adult"),
    turn: (row) => row.dataset.turn,
  };
  const only = {
    unread: (row) => Number(row.dataset.unread) > 0,
    picture: (row) => Number(row.dataset.pictures) > 0,
    over: (row) => Boolean(row.querySelector("[data-due].lj-due-over")),
  };

  function makeTest() {
    const wanted = new Map();
    for (const [name, value] of chosen()) wanted.set(name, [...(wanted.get(name) ?? []), value]);
    const asked = words();
    const must = wanted.get("only") ?? [];
    wanted.delete("only");
    return (row) => {
      for (const [name, values] of wanted) if (!values.includes(facts[name](row))) return false;
      if (!must.every((name) => only[name](row))) return false;
      if (!asked.length || byName.has(row.id.slice("case-".length))) return true;
      const text = `${row.querySelector(".lj-reason").textContent} ${row.cells[1].textContent}`.toLocaleLowerCase("sv");
      return asked.every((word) => text.includes(word));
    };
  }

  // What fills some screens is shown at once and the rest in the frames after it: to build 500 rows takes a browser
  // longer than anybody should wait for the first of them.
  const AT_ONCE = 60;
  let later = 0;

  function apply() {
    const test = makeTest();
    const back = [];
    let seen = 0;
    for (const row of rows()) {
      const wanted = test(row);
      seen += wanted;
      if (!wanted) row.hidden = true;
      else if (row.hidden) back.push(row);
    }
    cancelAnimationFrame(later);
    showSome(back);
    tell(seen);
    document.dispatchEvent(new CustomEvent("linjen:filtered"));
  }

  function showSome(back) {
    for (const row of back.splice(0, AT_ONCE)) row.hidden = false;
    if (back.length) later = requestAnimationFrame(() => showSome(back));
  }

  const rows = () => table.querySelectorAll("tr[data-sort]");

  function tell(seen) {
    const all = rows().length;
    const text = seen < all ? tools.dataset.shown.replace("{shown}", seen).replace("{all}", all) : "";
    if (shown.textContent !== text) shown.textContent = text;
    none.hidden = seen > 0 || !all;
    const filters = chosen();
    count.textContent = filters.length;
    count.hidden = !filters.length;
    const clear = document.getElementById("ledger-all");
    if (clear) clear.hidden = seen === all;
  }

  function tellAddress() {
    const query = new URLSearchParams(chosen()).toString();
    history.replaceState(null, "", location.pathname + (query ? `?${query}` : ""));
    for (const one of tools.querySelectorAll('input[name="filters"]')) one.value = query;
  }

  // A piece of a name is asked for when the typing rests; what looks like a personal number never is.
  function ask() {
    clearTimeout(timer);
    const asked = words().join(" ");
    const letters = words().some((word) => word.length >= 2 && !/^\d+$/.test(word));
    if (!letters || asked.replace(/\D/g, "").length >= 6) {
      byName = new Set();
      return;
    }
    timer = setTimeout(async () => {
      const mine = ++asking;
      try {
        const answer = await fetch("/clinic/ledger/names", {
          method: "POST",
          headers: { "x-linjen": "1", "x-csrf": tools.dataset.csrf },
          body: new URLSearchParams({ q: asked, view: tools.dataset.view }),
        });
        if (!answer.ok || mine !== asking) return;
        byName = new Set((await answer.json()).cases);
        apply();
      } catch {
        // Without a connection the search knows what stands in the rows.
      }
    }, 250);
  }

  field.addEventListener("input", () => {
    byName = new Set();
    asking += 1;
    apply();
    ask();
  });
  // The list obeys while somebody types; Enter leads on to what was found.
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    [...rows()].find((row) => !row.hidden)?.querySelector("a.lj-reason")?.focus();
  });
  for (const box of boxes) {
    box.addEventListener("change", () => {
      apply();
      tellAddress();
    });
  }
  for (const link of [document.getElementById("ledger-clear"), document.getElementById("ledger-all")]) {
    link?.addEventListener("click", (event) => {
      event.preventDefault();
      for (const box of boxes) box.checked = false;
      field.value = "";
      byName = new Set();
      apply();
      tellAddress();
    });
  }
  // A row that comes or changes while the list is filtered obeys at once.
  document.addEventListener("linjen:row", (event) => {
    const test = makeTest();
    const row = document.getElementById(`case-${event.detail}`);
    if (row) row.hidden = !test(row);
    tell([...rows()].filter(test).length);
  });
  // The count of a section (ledger.js), which knows rows that do not stand in the table yet.
  document.addEventListener("linjen:count", ({ detail }) => {
    if (!field.value && !chosen().length) return;
    const seen = detail.rows.filter(makeTest()).length;
    if (seen < detail.rows.length) detail.text = tools.dataset.of.replace("{shown}", seen).replace("{all}", detail.rows.length);
  });
  document.addEventListener("click", (event) => {
    for (const fold of folds) if (!fold.contains(event.target)) fold.open = false;
  });
  tools.addEventListener("keydown", (event) => {
    const fold = event.key === "Escape" && folds.find((one) => one.open);
    if (!fold) return;
    fold.open = false;
    fold.querySelector("summary").focus();
  });
  if (field.value || chosen().length) {
    apply();
    ask();
  }
}
