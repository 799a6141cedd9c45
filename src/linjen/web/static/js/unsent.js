// Words that a case did not take and that have no box to go back into: they stay on the page, and in the draft.
export function makeUnsent(element, say) {
  const texts = [];

  // The kept draft and what the page itself holds are the same words, or the older ones of them: they stand there once.
  function tellOnce() {
    const kept = document.getElementById("talk-unsent");
    const here = document.querySelector("#unsent-here blockquote");
    if (!kept || !here) return;
    const draftKept = kept.querySelector("blockquote").textContent;
    if (draftKept.includes(here.textContent)) here.parentElement.remove();
    else if (here.textContent.includes(draftKept)) kept.remove();
  }

  function show(text) {
    const figure = element('<figure class="lj-panel" id="unsent-here"><figcaption><strong></strong></figcaption><blockquote class="lj-quote" dir="auto"></blockquote></figure>');
    figure.querySelector("strong").textContent = say("not_sent_kept");
    figure.querySelector("blockquote").textContent = text;
    document.getElementById("chat-write").append(figure);
  }

  return { texts, keep: (text) => texts.push(text), show, tellOnce };
}
