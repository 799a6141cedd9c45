// The desk of one case: copying the anamnesis, and folding away what was folded out.
const copy = document.getElementById("copy-do");
const text = document.getElementById("copy-text");
if (copy && text) {
  const done = document.getElementById("copy-done");
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      document.execCommand("copy"); // browsers that keep the clipboard from scripts still copy what is selected
    }
    done.textContent = done.dataset.done;
    setTimeout(() => { done.textContent = ""; }, 4000);
  });
}

const folds = [...document.querySelectorAll("details.lj-fold")];
document.addEventListener("click", (event) => {
  for (const fold of folds) if (!fold.contains(event.target)) fold.open = false;
});
document.addEventListener("keydown", (event) => {
  const fold = event.key === "Escape" && folds.find((one) => one.open);
  if (!fold) return;
  fold.open = false;
  fold.querySelector("summary").focus();
});
