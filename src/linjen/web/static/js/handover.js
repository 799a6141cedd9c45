// Whom the patient is told of follows who is chosen, for as long as the text is one of those that the page wrote itself.
const to = document.getElementById("to");
const tell = document.getElementById("tell");

if (to && tell) {
  const phrase = () => to.selectedOptions[0]?.dataset.tell ?? to.dataset.tell;
  const plain = (text) => text.replace(/\r\n/g, "\n").trim();
  const written = new Set([to, ...to.options].map((one) => plain(one.dataset.tell ?? "")));
  const follow = () => {
    if (plain(tell.value) && written.has(plain(tell.value))) tell.value = phrase();
  };
  to.addEventListener("change", follow);
  follow();
}
