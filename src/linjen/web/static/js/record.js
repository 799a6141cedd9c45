// The whole note follows its parts while they are ticked and edited, as records do on the server (record_words.py).
const form = document.getElementById("record");
const whole = document.getElementById("record-whole");
const booking = document.getElementById("record-booking");
const mode = document.getElementById("text_mode");

function putTogether() {
  const modes = [...form.querySelectorAll("[name=mode]:checked")].map((one) => one.dataset.words).join(", ");
  mode.textContent = modes ? form.dataset.modeLine.replace("{modes}", modes) : form.dataset.modeAlone;
  const parts = [...form.querySelectorAll("[data-part]")].filter((part) => part.querySelector("[name^=tick_]").checked);
  const texts = parts.map((part) => [part.dataset.part, (part.querySelector("textarea")?.value ?? mode.textContent).trim()]);
  whole.value = texts.filter(([, text]) => text).map(([heading, text]) => `${heading}\n${text}`).join("\n\n");
  const fields = [...form.querySelectorAll("[data-field]")].filter((field) => field.value.trim());
  booking.value = fields.map((field) => `${field.dataset.field}: ${field.value.trim()}`).join("\n");
}

// What was empty goes along once something is written in it; its tick can be taken away again.
for (const empty of form.querySelectorAll("[name^=empty_]")) {
  const part = empty.closest("[data-part]");
  const tick = part.querySelector("[name^=tick_]");
  empty.remove();
  part.querySelector("textarea").addEventListener("input", (event) => {
    if (!("chosen" in part.dataset)) tick.checked = Boolean(event.target.value.trim());
  });
  tick.addEventListener("change", () => { part.dataset.chosen = ""; });
}

let unsaved = false;
form.addEventListener("input", (event) => {
  unsaved ||= event.target !== whole && event.target !== booking;
  putTogether();
});
form.addEventListener("submit", () => { unsaved = false; });
// The lock (session.js) asks nobody: the text is kept, and the screen must not stand open.
const isLeaving = () => "leaving" in document.documentElement.dataset;
addEventListener("beforeunload", (event) => unsaved && !isLeaving() && event.preventDefault());
// A video talk decides which type the contact is; the choice can still be changed.
form.querySelector("[name=mode][value=video]").addEventListener("change", (event) => {
  form.querySelector("[name=contact_type]").value = event.target.checked ? "video" : "written";
});
putTogether();
