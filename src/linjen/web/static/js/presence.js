// Who else reads or writes a case: told by the streams (chat.js and ledger.js say "linjen:presence"), shown in the row
// of the ledger and at the top of the case. Nothing of it is kept.
const words = document.getElementById("presence-words")?.dataset;
const there = new Map(); // case id -> what is said of it

function sentence(who) {
  const writes = who.filter((one) => one.does === "writes");
  return (writes.length ? writes : who)
    .map((one) => words[one.does].replace("{name}", one.name))
    .join(", ");
}

function show(id) {
  for (const spot of document.querySelectorAll(`[data-presence="${CSS.escape(id)}"]`)) {
    const { text, writes } = there.get(id) ?? { text: "", writes: false };
    if (spot.textContent !== text) spot.textContent = text;
    spot.classList.toggle("lj-presence-writes", writes);
  }
}

if (words) {
  document.addEventListener("linjen:presence", (event) => {
    const { case: id, who } = JSON.parse(event.detail);
    if (who.length) there.set(id, { text: sentence(who), writes: who.some((one) => one.does === "writes") });
    else there.delete(id);
    show(id);
  });
  // A row that was drawn anew knows nothing of it.
  document.addEventListener("linjen:row", (event) => show(event.detail));
}
