// A live stream that says how it is. After a cut the browser itself comes back and tells the server what it saw last;
// when the server answers with something that is no stream, it is asked why, and tried again after growing pauses.
const LOST_AFTER_MS = 4000;
const LONGEST_PAUSE_MS = 30_000;

// A pause with full jitter: all who were cut off at once do not come back at once.
export function pauseMs(tries, longest = LONGEST_PAUSE_MS) {
  return 300 + Math.random() * Math.min(longest, 1000 * 2 ** tries);
}

// `kinds` are the names to listen for; `on(kind, data, number)` gets each event; `opened()`, `lost()` and
// `refused(status)` tell how the stream is. Gives back a function that ends it.
export function listen(url, kinds, { on, opened, lost, refused }) {
  let source = null;
  let tries = 0;
  let retryTimer = 0;
  let lostTimer = 0;
  let ended = false;

  // Whoever else on the page needs the line hears of it, too (line.js).
  function tell(there) {
    document.dispatchEvent(new CustomEvent("linjen:line", { detail: there }));
    if (there) opened();
    else lost();
  }

  function open() {
    clearTimeout(retryTimer);
    if (ended) return;
    source?.close();
    source = new EventSource(url);
    source.addEventListener("open", isOpen);
    source.addEventListener("error", isCut);
    for (const kind of kinds) source.addEventListener(kind, (event) => on(kind, event.data, Number(event.lastEventId) || 0));
  }

  function isOpen() {
    tries = 0;
    clearTimeout(lostTimer);
    lostTimer = 0;
    if (navigator.onLine) tell(true);
  }

  function isCut() {
    if (ended) return;
    if (!lostTimer) lostTimer = setTimeout(tell, LOST_AFTER_MS, false);
    if (source.readyState === EventSource.CLOSED) askWhy();
  }

  async function askWhy() {
    const asking = new AbortController();
    try {
      const answer = await fetch(url, { signal: asking.signal, headers: { "x-linjen": "1" } });
      asking.abort();
      if ([401, 403, 404, 409].includes(answer.status)) return refused(answer.status);
    } catch {
      // The server cannot be reached: that is what the pause is for.
    }
    retryTimer = setTimeout(open, pauseMs(tries++));
  }

  const offline = () => tell(false);
  const online = () => (source?.readyState === EventSource.OPEN ? tell(true) : open());
  addEventListener("offline", offline);
  addEventListener("online", online);
  open();

  return () => {
    ended = true;
    clearTimeout(retryTimer);
    clearTimeout(lostTimer);
    source?.close();
    removeEventListener("offline", offline);
    removeEventListener("online", online);
  };
}
