// The desk of one case: what was folded out is folded away again.
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
