// The strip of one's own chats: fetched anew when something happened in one of them, its clocks told each minute.
// chat.js and ledger.js hear of it on their streams and say so with "linjen:chats".
let timer = 0;

const strip = () => document.getElementById("my-chats");
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

async function fetchAnew() {
  const old = strip();
  if (!old) return;
  try {
    const answer = await fetch(`/clinic/chats?here=${old.dataset.here}`, { headers: { "x-linjen": "1" } });
    if (!answer.ok) return;
    const now = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("my-chats");
    if (!now) return;
    // Who has the focus in the strip keeps her place in it.
    const focused = old.contains(document.activeElement) && document.activeElement.getAttribute("href");
    old.querySelector("ol").replaceWith(document.adoptNode(now.querySelector("ol")));
    old.hidden = now.hidden;
    if (focused) old.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  } catch {
    // Without a connection it stays as it is; the next happening asks again.
  }
}

function waited(minutes, words) {
  if (minutes < 60) return fill(words.waitedMinutes, { minutes });
  if (minutes < 48 * 60) return fill(minutes % 60 ? words.waitedHours : words.waitedHour, { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  return fill(words.waitedDays, { days: Math.floor(minutes / 1440) });
}

function tellTimes() {
  const words = strip()?.dataset;
  for (const part of strip()?.querySelectorAll("[data-since]") ?? []) {
    const minutes = Math.floor((Date.now() - Date.parse(part.dataset.since)) / 60_000);
    const key = part.dataset.turn === "staff" ? "turnShortStaff" : "turnShortResident";
    const text = minutes < 1 ? words[`${key}Now`] : fill(words[key], { waited: waited(minutes, words) });
    if (part.textContent !== text) part.textContent = text;
  }
}

document.addEventListener("linjen:chats", () => {
  clearTimeout(timer);
  timer = setTimeout(fetchAnew, 250);
});
setInterval(tellTimes, 20_000);
