// The draft of a message on the server: saved a second after the last key, one save at a time, and once more when the page
// is left. What is on its way but not acknowledged belongs to it.
//
// A page that is left says so before the next one is asked for. The two requests may still overtake each other, so that a
// page opened again shows an older text: it looks once more, and takes the newer one unless somebody writes already.

const AFTER_MS = 1000;
const PATIENCE_MS = 15_000;
// So long after a page was left its last text may still be on its way.
const LOOK_AGAIN_MS = [300, 1500];

// `post(text, more)` sends it, `text()` gives it, `isOver()` says that nothing is to be saved any more; `tell(key)` shows how
// it stands ("" for nothing to say). `saved` is what the server has already. `left` names the mark of a page that was left.
export function makeDraft({ post, text, isOver, tell, signedOut, pauseMs, saved, left }) {
  let timer = 0;
  // An older text that arrives after a newer one would put what has been sent back into the box.
  let saving = Promise.resolve();
  let onItsWay = null;
  // What a page that is being left has sent already.
  let leaving = null;

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
    leave(now = text()) {
      if (isOver() || now === leaving || (now === saved && !onItsWay)) return;
      onItsWay?.abort();
      clear();
      saved = null;
      leaving = now;
      mark(left, Date.now());
      post(now).then((answer) => answer.ok && now === text() && (saved = now)).catch(() => {}).finally(() => (leaving = null));
    },
    // `fetchText()` gives the server's text, `take(text)` puts it into a box in which nobody has written since.
    async pickUp(fetchText, take) {
      if (!mark(left)) return;
      for (const ms of LOOK_AGAIN_MS) {
        const before = text();
        await new Promise((done) => setTimeout(done, ms));
        const newer = before === saved ? await fetchText().catch(() => null) : null;
        if (isOver() || text() !== before || newer === null) return;
        if (newer === before) continue;
        saved = newer;
        take(newer);
      }
    },
  };
}

// Sets the mark, or takes it away: true if it stood there and is young. It is a time only, nothing of a text.
function mark(name, now) {
  try {
    if (now) return void sessionStorage.setItem(name, now);
    const at = Number(sessionStorage.getItem(name));
    sessionStorage.removeItem(name);
    return Date.now() - at < PATIENCE_MS;
  } catch {
    return true;  // a browser that keeps nothing for us is asked each time
  }
}
