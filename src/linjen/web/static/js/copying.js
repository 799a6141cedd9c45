// Copying a text of a case with one press: it is logged first, and only then given to the clipboard. Without this script
// the text is marked and copied by hand. A button names what it copies (`data-copy`; empty for what the log answers with,
// so that a page need not hold it), where that is logged (`data-log`),
// and says how it went in #copied or, when it has one, in the element that `data-status` names.
const says = (button, text) => {
  const status = document.querySelector(button.dataset.status ?? "#copied");
  if (status) status.textContent = text;
};

async function logged(button) {
  const headers = { "content-type": "application/x-www-form-urlencoded", "x-linjen": "1", "x-csrf": button.dataset.csrf };
  const answer = await fetch(button.dataset.log, { method: "POST", headers, body: "" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.text();
}

// Browsers that keep the clipboard from scripts still copy what is selected.
async function give(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const box = Object.assign(document.createElement("textarea"), { value: text, className: "lj-visually-hidden" });
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
}

async function copy(button) {
  const from = button.dataset.copy ? document.querySelector(button.dataset.copy) : null;
  button.setAttribute("aria-disabled", "true");
  try {
    const answered = await logged(button);
    await give(from ? (from.value ?? from.textContent) : answered);
    says(button, button.dataset.done);
    mark(button);
  } catch {
    says(button, button.dataset.failed);
  }
  button.removeAttribute("aria-disabled");
}

// What has been copied is ticked off for the eye, too, for as long as the page is open.
function mark(button) {
  button.classList.add("lj-copied");
  if (button.dataset.status) setTimeout(() => says(button, ""), 4000);
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => button.getAttribute("aria-disabled") || copy(button));
}
