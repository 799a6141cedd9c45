// What is being typed is kept when the page is left without a button. Everything works without this file.
const form = document.querySelector("form[data-keep]");

if (form) {
  let kept = new FormData(form).get("text");
  let sending = false;
  form.addEventListener("submit", () => {
    sending = true;
    setTimeout(() => { sending = false; }, 5_000); // still here: it did not go through
  });
  window.addEventListener("pageshow", () => { sending = false; });

  const keep = async () => {
    const typed = new FormData(form);
    if (sending || typed.get("text") === kept) return;
    kept = typed.get("text");
    try {
      const answer = await fetch(form.dataset.keep, { method: "POST", body: new URLSearchParams(typed), keepalive: true });
      if (answer.status >= 500) kept = null;
    } catch {
      kept = null; // without a connection: tried again with the next round
    }
  };
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });
  window.addEventListener("pagehide", keep);
  setInterval(keep, 3_000);
}

// A list where one box excludes the others: "Inget av detta".
for (const list of document.querySelectorAll("[data-one-or-none]")) {
  list.addEventListener("change", ({ target }) => {
    if (!target.checked) return;
    for (const box of list.querySelectorAll("input[type=checkbox]")) {
      if (box !== target && ("alone" in target.dataset || "alone" in box.dataset)) box.checked = false;
    }
  });
}

// What is ticked, or written as a number, is known.
for (const box of document.querySelectorAll("input[name$='.unknown']")) {
  const number = document.getElementById(box.name.slice(0, -".unknown".length));
  if (number?.type === "checkbox") {
    number.addEventListener("change", () => { if (number.checked) box.checked = false; });
    box.addEventListener("change", () => { if (box.checked) number.checked = false; });
    continue;
  }
  number?.addEventListener("input", () => { if (number.value) box.checked = false; });
  box.addEventListener("change", () => { if (box.checked && number) number.value = ""; });
}

// Who writes another number has said that the first one is wrong.
for (const number of document.querySelectorAll("input[name$='.number']")) {
  number.addEventListener("input", () => {
    const other = number.closest(".lj-instead")?.querySelector("input[type=radio]");
    if (other && number.value) other.checked = true;
  });
}
