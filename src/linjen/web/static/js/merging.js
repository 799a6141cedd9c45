// The page of a talk as the server draws it now: fetched when something happened that no event can put into place, and
// what is missing or has changed here is taken from it. What is being written is never touched.
export function makeMerging({ base, party }, { insert, setMarks, reads, field, draft, words, isOver, signedOut, gone, composerCame }) {
  let refreshing = false;
  let wantedAgain = false;
  let refreshedAt = Date.now();
  const alarms = (part) => part.querySelectorAll(".lj-notice.lj-danger, form[action*='/alarms/']").length;

  // The page as the server draws it now; none where it is not there for her. The server is told whether it is looked at:
  // what a colleague writes into a page behind another window has not been read.
  let cameUnseen = false;
  async function fetchPage() {
    const looked = reads.isSeen();
    cameUnseen = !looked;
    const answer = await fetch(base, { headers: { accept: "text/html", "x-linjen": "1", "x-looked-at": looked ? "1" : "0" } });
    return { status: answer.status, page: answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null };
  }

  async function refresh() {
    wantedAgain = refreshing;
    if (refreshing || isOver()) return;
    refreshing = true;
    refreshedAt = Date.now();
    try {
      const { status, page } = await fetchPage();
      if (status === 401) signedOut();
      else if (status === 404) gone();
      else if (page) merge(page);
    } catch {
      // Tried again when the stream is back.
    }
    refreshing = false;
    if (wantedAgain) refresh();
  }

  function merge(page) {
    const fresh = document.querySelectorAll("[data-fresh]");
    const there = page.getElementById("chat");
    if (!there) return;
    // What is here already is not even copied: its picture would be fetched, and a look at it logged.
    const isHere = (item) => {
      const known = document.getElementById(item.id);
      return known !== null && !("local" in known.dataset);
    };
    for (const item of page.querySelectorAll("#thread li[data-seq]")) if (!isHere(item)) insert(document.importNode(item, true), true);
    const marks = page.getElementById("thread").dataset;
    setMarks(Number(marks.deliveredSeq), Number(marks.readSeq), Number(there.dataset.counter));
    if (!fresh.length) return void openAnew();
    reads.retitle(page.title);
    for (const part of fresh) {
      const now = page.getElementById(part.id);
      if (!now || now.innerHTML === part.innerHTML) continue;
      const before = alarms(part);
      const opened = [...part.querySelectorAll("details[id][open]")].map((one) => one.id);
      part.innerHTML = now.innerHTML;
      for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
      // What may be dangerous is of no use above the edge of the window: whoever wrote it sees it at once.
      if (alarms(part) > before) part.scrollIntoView({ block: "start" });
    }
    if (document.getElementById("unsent")) document.getElementById("unsent-here")?.remove();
    mergeComposer(page);
    words.tellOnce();
  }

  // A page that cannot be mended in place (the desk of the staff) is opened anew once its draft is kept.
  async function openAnew() {
    await draft.save();
    location.reload();
  }

  // The box comes and goes with who may write; what stood in it stands in the new one, or below as what was not sent.
  function mergeComposer(page) {
    const here = document.getElementById("chat-write");
    const now = page.getElementById("chat-write");
    if (!now || Boolean(now.querySelector("#composer")) === Boolean(here.querySelector("#composer"))) return;
    const typed = field()?.value ?? "";
    const all = words.all();
    here.innerHTML = now.innerHTML;
    composerCame();
    if (field()) return void (field().value ||= all);
    if (typed.trim()) words.keep(typed);
    if (!all || page.getElementById("unsent-text")?.value === all) return;
    words.show(all);
    draft.save().then(refresh);
  }

  // Only among staff does it matter to anybody: a patient's reading is told message by message (reads.js).
  if (party === "staff") addEventListener("focus", () => cameUnseen && refresh());

  // What the page says of the hour grows old while nobody looks.
  document.addEventListener("visibilitychange", () => {
    const old = Date.now() - refreshedAt > 5 * 60_000;
    if (old && document.visibilityState === "visible" && document.querySelector("[data-fresh]")) refresh();
  });

  return { fetchPage, refresh, merge };
}
