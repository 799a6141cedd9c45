// Chosen pictures are sent at once, so that nobody has to find the button. Without this file the button does it.
const form = document.querySelector("form[data-picture-form]");

if (form) {
  const inputs = form.querySelectorAll("input[type=file]");
  for (const input of inputs) {
    input.addEventListener("change", () => {
      if (input.files.length) form.requestSubmit(form.querySelector("button[name=do][value=add]"));
    });
  }
}
