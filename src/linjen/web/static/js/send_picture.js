// A picture for the talk: what is chosen is kept at once for a look, with progress and another try after a cut; then it
// is described, taken away or sent without leaving the talk. Without this file the buttons do the same. The section is
// drawn anew by whatever comes, so nothing hangs on it: it is found by its id each time.
const section = () => document.getElementById("send-picture");
const part = (selector) => section()?.querySelector(selector);
let busy = false;
// What was pressed while something was under way; it follows when that has arrived.
let next = null;

hideAdd();

document.addEventListener("change", ({ target }) => {
  if (target.matches?.("[data-send-picture] input[type=file]") && target.files.length) post(new FormData(target.form), target.form.action);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-send-picture]")) return;
  event.preventDefault();
  const sends = event.submitter?.hasAttribute("data-sends");
  post(new FormData(form, event.submitter), event.submitter?.getAttribute("formaction") ?? form.action, sends);
}, true);

// What is chosen is kept at once: the button would only keep the same picture again.
function hideAdd() {
  part("[data-add]")?.remove();
}

// `data` is kept for another try: the same upload again is the same picture, also if the first one arrived after all.
function post(data, url, sends = false) {
  if (busy) return void (next = () => post(data, url, sends));
  busy = true;
  const line = part("[data-line]");
  const again = line.querySelector("button");
  const bar = line.querySelector("progress");
  const hasFile = [...data.values()].some((one) => one instanceof File && one.size);
  again.hidden = true;
  bar.value = 0;
  bar.hidden = !hasFile;
  if (hasFile || sends) tell(sends ? line.dataset.sending : line.dataset.adding);
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", (event) => {
    const now = part("progress");
    if (now && event.lengthComputable) now.value = (100 * event.loaded) / event.total;
  });
  request.addEventListener("load", () => {
    if (request.status === 429) failed("often");
    else if ([200, 409, 422].includes(request.status)) show(request, sends ? "sent" : hasFile ? "added" : "");
    else failed();
  });
  request.addEventListener("error", () => failed());
  request.open("POST", url);
  request.send(data);

  function failed(why = sends ? "unsent" : "failed") {
    busy = false;
    next = null;
    if (!section()) return;
    const now = part("[data-line]");
    const button = now.querySelector("button");
    now.querySelector("progress").hidden = true;
    button.hidden = false;
    button.onclick = () => post(data, url, sends);
    tell(now.dataset[why]);
    button.focus(); // below the edge of a phone it would not be seen
  }
}

function tell(words) {
  const news = part("[data-news]");
  if (news) news.textContent = words;
}

// The answer is the whole page; only this section of it takes the place of ours, and the talk goes on beside it.
function show(request, said) {
  busy = false;
  const answer = new DOMParser().parseFromString(request.responseText, "text/html").getElementById("send-picture");
  const here = section();
  if (!answer || !here || request.status === 409) return void location.assign(location.pathname); // closed, or signed out
  const words = said ? part("[data-line]").dataset[said] : "";
  here.replaceWith(document.importNode(answer, true));
  hideAdd();
  section().open = true;
  const fault = part("[aria-invalid=true], .lj-field-error input");
  if (request.status === 422) return void (fault ?? part("summary")).focus();
  tell(words);
  const follows = next;
  next = null;
  if (follows) return follows();
  // The picture itself, not the box below it: a phone's keyboard would cover what she is to look at.
  const place = said === "added" ? part(".lj-pictures li:last-child a") : part("summary");
  place?.focus({ preventScroll: said === "sent" });
}
