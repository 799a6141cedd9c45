// Chosen pictures are sent at once, with progress and a way to try again. Without this file the button sends them.
start(document.querySelector("form[data-picture-form]"));

function start(form) {
  if (!form) return;
  // What is chosen is sent at once: the button would only send the same picture again.
  form.querySelector("button[value=add]")?.closest(".lj-actions").remove();
  for (const input of form.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => { if (input.files.length) send(form, input.id); });
  }
}

function send(form, from) {
  const data = new FormData(form);
  data.set("do", "add");
  const line = form.querySelector("[data-sending]");
  const again = line.querySelector("button");
  const bar = line.querySelector("progress");
  again.hidden = true;
  bar.hidden = false;
  tell(form, line.dataset.sending);
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
  });
  request.addEventListener("load", () => {
    if (request.status === 200 || request.status === 422) show(request.responseText, from, line.dataset.sent);
    else if (request.status === 409) location.reload(); // sent or removed in another window: the page says which
    else failed();
  });
  request.addEventListener("error", failed);
  request.open("POST", form.action);
  request.send(data);

  function failed() {
    bar.hidden = true;
    again.hidden = false;
    again.onclick = () => send(form, from);
    tell(form, line.dataset.failed);
    again.focus(); // below the edge of a phone it would not be seen
  }
}

function tell(form, words) {
  form.querySelector("[data-news]").textContent = words;
}

// The answer is the whole page; its main part takes the place of ours.
function show(html, from, words) {
  const answer = new DOMParser().parseFromString(html, "text/html");
  const main = document.getElementById("main");
  main.replaceChildren(...answer.getElementById("main").childNodes);
  document.title = answer.title;
  const form = main.querySelector("form[data-picture-form]");
  const summary = document.getElementById("error-summary");
  if (!form) { location.reload(); return; }
  start(form);
  if (summary) summary.focus();
  else {
    (document.getElementById(from) ?? form.querySelector("button[value=next]"))?.focus();
    tell(form, words);
  }
}
