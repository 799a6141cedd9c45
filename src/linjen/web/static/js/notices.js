// A sound and a notice for a new case at the levels that its reader has chosen, opt-in; nothing of the patient is told.
// ledger.js and chat.js say "linjen:arrived" with the level.
const desk = document.getElementById("desk-notice")?.dataset;
const box = document.getElementById("desk-notices-box");
const LAST = "linjen-noticed";
let audio = null;

// Browsers let a page sound only after somebody has touched it.
function wake() {
  audio ??= new AudioContext();
  audio.resume();
}

function beep(volume) {
  if (!audio) return;
  const gain = audio.createGain();
  const tone = audio.createOscillator();
  gain.gain.setValueAtTime([0, 0.05, 0.15, 0.4][volume], audio.currentTime);
  gain.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.5);
  tone.frequency.setValueAtTime(740, audio.currentTime);
  tone.frequency.setValueAtTime(988, audio.currentTime + 0.15);
  tone.connect(gain).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.5);
}

// Of several open windows one tells it.
function isFirst() {
  const now = Date.now();
  if (now - Number(localStorage.getItem(LAST) ?? 0) < 1500) return false;
  localStorage.setItem(LAST, now);
  return true;
}

function tell(level) {
  if (!desk.levels.split(" ").includes(String(level)) || !isFirst()) return;
  if (Number(desk.sound)) beep(Number(desk.sound));
  const away = document.hidden || !document.hasFocus();
  if (desk.notices === "1" && away && globalThis.Notification?.permission === "granted") {
    const notice = new Notification(desk.words, { tag: "linjen-new-case", lang: "sv" });
    notice.addEventListener("click", () => { focus(); notice.close(); });
  }
}

if (desk?.levels) {
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, wake, { once: true, capture: true });
  document.addEventListener("linjen:arrived", (event) => tell(event.detail));
}

box?.addEventListener("change", async () => {
  if (!box.checked || !globalThis.Notification) return;
  const answer = await Notification.requestPermission();
  document.getElementById("desk-refused").hidden = answer !== "denied";
});
