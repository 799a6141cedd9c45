// What of a talk has been read: what stands on the screen of a window that is looked at. The server is told of it, and the
// window's title tells of what came while nobody looked. Made once for a talk; `readUpTo` is how far it was read before.
export function makeReads(list, { readUpTo, newer, send, marks, isOver, signedOut }) {
  let title = document.title;
  let lookedAt = 0;
  let readTimer = 0;
  let unseen = 0;
  const isSeen = () => document.visibilityState === "visible" && document.hasFocus();
  // How far down the window nothing lies over the page: the bar of tabs, and the button for new messages above it.
  const bars = document.querySelectorAll(".lj-tabbar, #newer");
  const uncovered = () => [...bars].filter((bar) => !bar.hidden && getComputedStyle(bar).position === "fixed")
    .reduce((lowest, bar) => Math.min(lowest, bar.getBoundingClientRect().top), innerHeight);
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting, intersectionRect, boundingClientRect } of entries) {
      const enough = Math.min(96, boundingClientRect.height * 0.7);
      const shown = Math.min(intersectionRect.bottom, uncovered()) - intersectionRect.top;
      target.dataset.inView = isIntersecting && shown >= enough ? "1" : "0";
    }
    newer.look();
    look();
  }, { rootMargin: "0px 0px -64px", threshold: [0, 0.01, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.85, 1] });

  function look() {
    if (!isSeen() || isOver()) return;
    unseen = 0;
    document.title = title;
    for (const item of list.querySelectorAll('.lj-bubble--theirs[data-in-view="1"]')) lookedAt = Math.max(lookedAt, Number(item.dataset.seq));
    if (lookedAt > readUpTo && marks() && !readTimer) readTimer = setTimeout(tellRead, 300);
  }

  async function tellRead() {
    const seq = lookedAt;
    try {
      const answer = await send("/reads", { seq });
      if (answer.ok) readUpTo = Math.max(readUpTo, seq);
      else if (answer.status === 401) signedOut();
    } catch {
      // Without a connection nothing has been told; it is tried again below.
    }
    readTimer = 0;
    // What came into view meanwhile is told, too; what failed a while later.
    if (readUpTo >= seq) look();
    else setTimeout(look, 5000);
  }

  addEventListener("focus", look);
  document.addEventListener("visibilitychange", look);

  return {
    // Whether the window is looked at now.
    isSeen,
    watch: (item) => watcher.observe(item),
    isNew: (item) => Number(item.dataset.seq) > readUpTo,

    // One more has come: the title counts it if nobody looks.
    count() {
      if (isSeen()) return;
      unseen += 1;
      document.title = `(${unseen}) ${title}`;
    },

    // The page is another one now, and its window follows: its title names nobody who is protected.
    retitle(now) {
      document.title = document.title.replace(title, () => now);
      title = now;
    },
  };
}
