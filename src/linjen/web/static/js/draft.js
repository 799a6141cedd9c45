// The draft of a message on the server: saved a second after the last key, one save at a time, and once more when the page
// is left. What is on its way but not acknowledged belongs to it.

const AFTER_MS = 1000;
const PATIENCE_MS = 15_000;

// `post(text, more)` sends it, `text()` gives it, `isOver()` says that nothing is to be saved any more; `tell(key)` shows how
// it stands ("" for nothing to say). `saved` is what the server has already.
export function makeDraft({ post, text, isOver, tell, signedOut, pauseMs, saved }) {
  let timer = 0;
  // An older text that arrives after a newer one would put what has been sent back into the box.
  let saving = Promise.resolve();
  let onItsWay = null;

  function clear() {
    clearTimeout(timer);
    timer = 0;
  }

  function save() {
    clear();
    return (saving = saving.then(keep));
  }

  async function keep() {
    const now = text();
    if (isOver() || now === saved) return;
    if (now) tell("draft_saving");
    const attempt = (onItsWay = new AbortController());
    const patience = setTimeout(() => attempt.abort(), PATIENCE_MS);
    try {
      const answer = await post(now, { signal: attempt.signal });
      if (answer.status === 401) return signedOut();
      if (answer.ok) saved = now;
      tell(answer.ok ? (now ? "draft_saved" : "") : "draft_unsaved");
    } catch {
      tell("draft_unsaved");
      timer = setTimeout(save, pauseMs(3));
    } finally {
      clearTimeout(patience);
      onItsWay = null;
    }
  }

  return {
    save,
    isSaved: () => text() === saved,
    // Something has been typed.
    soon() {
      clear();
      timer = setTimeout(save, AFTER_MS);
    },
    // The page is being left: nobody waits for an answer any more, and what is on its way must not come after this.
    leave() {
      if (isOver() || (text() === saved && !onItsWay)) return;
      onItsWay?.abort();
      clear();
      saved = null;
      post(text()).catch(() => {});
    },
  };
}
