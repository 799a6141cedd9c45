// Follows a BankID order: a new code each second, the text of the moment, and on when it is done.
// The server asks BankID every other second however often it is asked itself; asking each second keeps the page close behind.
const order = document.getElementById("bankid-order");
const words = document.getElementById("bankid-words");
const code = document.getElementById("bankid-code");
const start = document.getElementById("bankid-start");
const base = `/sign-in/bankid/${order.dataset.order}`;
let over = false;

async function drawCode() {
  if (over || !code || document.hidden) return;
  const next = new Image();
  next.src = `${base}/qr.svg?at=${Date.now()}`;
  try {
    await next.decode();
    if (!over) code.src = next.src;
  } catch {
    // The next second brings a new one.
  }
}

async function ask() {
  if (over) return;
  try {
    const answer = await fetch(`${base}/state`, { headers: { "x-linjen": "1" }, cache: "no-store" });
    if (answer.status === 404) return finish();
    if (!answer.ok) return;
    const state = await answer.json();
    if (state.status !== "pending" && state.status !== "waiting") return finish();
    if (state.status === "waiting" && code === null && start !== null) start.parentElement.hidden = true;
    if (words.textContent !== state.text) words.textContent = state.text;
    if (start && state.start && start.getAttribute("href") !== state.start) start.setAttribute("href", state.start);
  } catch {
    // The connection comes back; the order lives on the server.
  }
}

function finish() {
  over = true;
  location.replace(base);
}

setInterval(drawCode, 1000);
setInterval(ask, 1000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
