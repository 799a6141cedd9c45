// Follows a BankID order: a new code each second, the text of the moment, and on when it is done.
// The server asks BankID every other second however often it is asked itself; asking each second keeps the page close behind.
const order = document.getElementById("bankid-order");
const words = document.getElementById("bankid-words");
const code = document.getElementById("bankid-code");
const start = document.getElementById("bankid-start");
const base = `/sign-in/bankid/${order.dataset.order}`;
let over = false;

function draw({ size, path }) {
  const [ground, dark] = code.querySelectorAll("path");
  code.setAttribute("viewBox", `0 0 ${size} ${size}`);
  ground.setAttribute("d", `M0 0h${size}v${size}h-${size}z`);
  dark.setAttribute("d", path);
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
    if (code && state.code) draw(state.code);
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

setInterval(ask, 1000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
