// What the patient is told follows what is chosen for her case, for as long as the text is one that the page wrote itself.
const plain = (text) => text.replace(/\r\n/g, "\n").trim();

for (const part of document.querySelectorAll("section[data-tell-queue]")) {
  const tell = part.querySelector("textarea");
  const was = part.querySelector("input[name^='was-']");
  const written = new Set(Object.values(part.dataset).map(plain).filter(Boolean));
  const follow = () => {
    const choice = part.querySelector("input[type='radio']:checked")?.value;
    const text = part.dataset[`tell${choice?.[0].toUpperCase()}${choice?.slice(1)}`];
    const untouched = plain(tell.value) === plain(was.value) || written.has(plain(tell.value));
    if (text !== undefined && untouched) tell.value = was.value = text;
  };
  part.addEventListener("change", (event) => event.target.type === "radio" && follow());
  follow();
}
