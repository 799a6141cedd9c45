// Follows a BankID order: a new code each second, the text of the moment, and on when it is done.
// The server tells by a stream. Where none comes through, as behind a proxy that keeps it back, the page asks each second.
const SILENT_MS = 4000;
const order = document.getElementById("bankid-order");
const words = document.getElementById("bankid-words");
const code = document.getElementById("bankid-code");
const start = document.getElementById("bankid-start");
const base = `/sign-in/bankid/${order.dataset.order}`;
let stream = null;
let heard = 0;
let over = false;

const MARGIN = 4; // modules of white that a code needs around it

// A code is told row by row, 1 for a dark module: a stroke for each run of dark ones.
function draw({ size, modules }) {
  const [ground, dark] = code.querySelectorAll("path");
  const whole = size + 2 * MARGIN;
  let strokes = "";
  for (let y = 0; y < size; y += 1) {
    for (const run of modules.slice(y * size, (y + 1) * size).matchAll(/1+/g)) {
      strokes += `M${MARGIN + run.index} ${MARGIN + y + 0.5}h${run[0].length}`;
    }
  }
  code.setAttribute("viewBox", `0 0 ${whole} ${whole}`);
  ground.setAttribute("d", `M0 0h${whole}v${whole}h-${whole}z`);
  dark.setAttribute("d", strokes);
}

function show(state) {
  if (state.status !== "pending" && state.status !== "waiting") return finish();
  if (state.status === "waiting" && code === null && start !== null) start.parentElement.hidden = true;
  if (code) code.classList.toggle("lj-qr--scanned", !state.code);
  if (code && state.code) draw(state.code);
  if (words.textContent !== state.text) words.textContent = state.text;
  if (start && state.start && start.getAttribute("href") !== state.start) start.setAttribute("href", state.start);
}

function listen() {
  if (over || (stream && stream.readyState !== EventSource.CLOSED)) return;
  heard = Date.now();
  stream = new EventSource(`${base}/stream`);
  stream.addEventListener("state", (event) => {
    heard = Date.now();
    show(JSON.parse(event.data));
  });
}

async function ask() {
  if (over || document.hidden || Date.now() - heard < SILENT_MS) return;
  try {
    const answer = await fetch(`${base}/state`, { headers: { "x-linjen": "1" }, cache: "no-store" });
    if (answer.status === 404) return finish();
    if (answer.ok) show(await answer.json());
  } catch {
    // The connection comes back; the order lives on the server.
  }
}

function finish() {
  if (over) return;
  over = true;
  stream?.close();
  location.replace(base);
}

// A phone puts a page to sleep while its person is in the app: coming back, it looks at once.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  listen();
  ask();
});
window.addEventListener("pagehide", () => stream?.close());
window.addEventListener("pageshow", listen);
setInterval(ask, 1000);
setInterval(listen, 5000);
