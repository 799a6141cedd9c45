// One key answers whether the triage's level was right, while the form has the focus and nobody is typing in it.
const group = document.querySelector("[data-keys]");
const form = group?.closest("form");

if (form) {
  document.getElementById("verdict-keys").hidden = false;
  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
    if (event.target.matches("textarea, select, input:not([type=radio], [type=checkbox])")) return;
    const radio = [...group.querySelectorAll("input[data-key]")].find((one) => one.dataset.key === event.key);
    if (!radio) return;
    event.preventDefault();
    radio.checked = true;
    radio.focus();
  });
}
