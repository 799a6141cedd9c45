// Messages on their way. Each has an id made here before its first try, so that a retry is written once; they leave one
// at a time, in the order they were written, and are tried again by themselves until the server has answered.
const PATIENCE_MS = 15_000;
// After so long without an answer the writer is told that the service does not answer.
const SLOW_MS = 4000;
// A browser lets requests outlive their page as long as they are small; 64 kB are shared by all that are on their way.
const OUTLIVES = 8_000;

// What a request needs so that it arrives although the page is left meanwhile.
export const outliving = (body) => ({ keepalive: body.length <= OUTLIVES });

// A UUIDv7: ids that sort by time keep the database's index small and quick.
export function makeId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  new DataView(bytes.buffer).setBigUint64(0, (BigInt(Date.now()) << 16n) | BigInt(0x7000 | (bytes[6] & 0x0f) << 8 | bytes[7]));
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// `tell` has: held(item), sending(item), slow(item), unsent(item, status), sent(item, seq), renamed(item, oldId), refused(item, reason),
// signedOut(). An item may be held for a moment before its first try, so that its writer can take it back.
// `csrf()` gives the mark of the session that is alive.
export function makeOutbox(url, csrf, pauseMs, tell) {
  const items = [];
  let busy = false;
  let timer = 0;
  let stopped = false;

  async function post(item) {
    const body = JSON.stringify({ id: item.id, text: item.text });
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "x-linjen": "1", "x-csrf": csrf() },
      body,
      ...outliving(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return { status: answer.status, body: await answer.json().catch(() => ({})) };
  }

  async function work() {
    if (busy || stopped || !items.length) return;
    busy = true;
    clearTimeout(timer);
    timer = 0;
    const item = items[0];
    const wait = item.from - Date.now();
    if (wait > 0) {
      busy = false;
      timer = setTimeout(now, wait);
      return;
    }
    tell.sending(item);
    const slow = setTimeout(() => tell.slow?.(item), SLOW_MS);
    try {
      const { status, body } = await post(item);
      judge(item, status, body);
    } catch {
      later(item);
    }
    clearTimeout(slow);
    busy = false;
    if (items.length && !timer && !stopped) work();
  }

  function judge(item, status, body) {
    if (status === 200 || status === 201) {
      items.shift();
      tell.sent(item, body.seq);
    } else if (status === 401 || (status === 409 && body.reason)) {
      // Signed out, or signed in anew in another window: the token of this page is worthless, and the item goes with the next.
      if (status === 409) item.tries += 1;
      busy = false;
      tell.signedOut();
    } else if (status === 409) {
      const old = item.id;
      item.id = makeId();
      tell.renamed(item, old);
    } else if (status === 404 || status === 422 || status === 413) {
      items.shift();
      tell.refused(item, status === 404 ? "closed_meanwhile" : status === 413 ? "too_long" : body.reason);
    } else {
      later(item, status);
    }
  }

  function later(item, status = 0) {
    item.tries += 1;
    tell.unsent(item, status);
    timer = setTimeout(now, pauseMs(item.tries));
  }

  function now() {
    clearTimeout(timer);
    timer = 0;
    work();
  }

  const held = () => items.filter((item) => item.from > Date.now());

  return {
    add(id, text, holdMs = 0) {
      const item = { id, text, tries: 0, from: Date.now() + holdMs };
      items.push(item);
      if (holdMs) tell.held(item);
      work();
      return item;
    },
    // The text of an item that has not left yet, which then never does; null when it is too late.
    takeBack(id) {
      const place = items.findIndex((item) => item.id === id && item.from > Date.now());
      if (place < 0) return null;
      const [item] = items.splice(place, 1);
      work();
      return item.text;
    },
    // What is held leaves now, all at once: its page may be gone before the first has been answered.
    hurry() {
      for (const item of held()) {
        item.from = 0;
        if (item !== items[0]) post(item).catch(() => {});
      }
      now();
    },
    // Nothing leaves until `goOn`. What cannot have arrived is given back, to be written on.
    stop() {
      stopped = true;
      clearTimeout(timer);
      timer = 0;
      const flying = busy ? items[0] : null;
      const never = items.filter((item) => !item.tries && item !== flying);
      items.splice(0, items.length, ...items.filter((item) => !never.includes(item)));
      return never;
    },
    goOn() {
      stopped = false;
      now();
    },
    held,
    now,
    waiting: () => items,
  };
}
