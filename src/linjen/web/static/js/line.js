// A form with something written is not sent into a line that is cut: the browser's own error page would stand in place of
// the words. It is held back with a sentence, and goes with the next press when the line is there again.
const part = document.getElementById("line");
// What is lost by an error page: what is written, not what is chosen. A search can be asked for again.
const BOXES = "textarea, input:not([type]), input:is([type=text], [type=tel], [type=email], [type=number], [type=date], [type=time])";
const TYPED = `main form[method=post] :is(${BOXES})[name]:not([readonly])`;
// These see to it themselves (chat.js, send_picture.js), or must not wait: a screen that is left shows nothing more.
const OWN = "#composer, [data-send-picture], [action$='/sign-out'], [action$='/locked'], #session form";
const PATIENCE_MS = 4000;
// As far as the page's live stream knows (live.js); a line without one may be cut all the same.
let streams = true;
let asking = false;
let passing = null;

// Asked of the server itself: a stream may be stopped by what stands between, and a browser may be wrong about its line.
async function isThere() {
  try {
    return (await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) })).ok;
  } catch {
    return false;
  }
}

async function hold(event) {
  const { target: form, submitter } = event;
  if (form === passing || (navigator.onLine && streams) || form.getAttribute("method") !== "post" || form.matches(OWN)) return;
  if (![...document.querySelectorAll(TYPED)].some((box) => box.value.trim())) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (asking) return;
  asking = true;
  const there = await isThere();
  asking = false;
  if (!there) return tell(form, submitter);
  document.getElementById("line-told")?.remove();
  passing = form;
  form.requestSubmit(submitter);
  passing = null;
}

// Beside the button that was pressed, where the focus stays: what comes into the page as an alert is read aloud, and once
// more when it is pressed once more.
function tell(form, submitter) {
  document.getElementById("line-told")?.remove();
  const told = part.content.firstElementChild.cloneNode(true);
  told.id = "line-told";
  told.setAttribute("role", "alert");
  const row = submitter?.closest(".lj-actions");
  if (row && form.contains(row)) row.before(told);
  else form.append(told);
  told.scrollIntoView({ block: "nearest" });
}

function back() {
  const words = document.querySelector("#line-told p");
  if (words && navigator.onLine) words.textContent = part.dataset.back;
}

addEventListener("submit", hold, { capture: true });
addEventListener("online", back);
document.addEventListener("linjen:line", ({ detail: open }) => {
  streams = open;
  if (open) back();
});
