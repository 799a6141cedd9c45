// The talk of a case, for residents and staff: what is written comes and goes live, is marked sent, delivered and read,
// is kept as a draft while it is being written, and is never lost when the connection is. Without this script the same
// page works by its form. parts/talk.html has the attributes that are read here.
const root = document.getElementById("chat");
if (root) start();

async function start() {
  const { listen, pauseMs, makeOutbox, makeId, outliving, makeNewer, element, isMine, makeBubbles, makeFollowing, makeDraft, makeReads, makeMerging, makeUnsent, keepWords, findWords, joined, waitForHer } = await import(root.dataset.talk);
  const words = JSON.parse(root.dataset.words);
  const { base, party } = root.dataset;
  let { csrf } = root.dataset;
  const holdMs = Number(root.dataset.hold) * 1000;
  const list = document.getElementById("thread");
  const box = document.getElementById("thread-box");
  const news = document.getElementById("thread-news");
  const banners = { offline: document.getElementById("offline"), signedOut: document.getElementById("signed-out") };
  const kept = `linjen-sending-${base}`;
  const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const field = () => document.getElementById("composer-text");
  const { place, translate, setMark, setMarks, localBubble } = makeBubbles(list, { say, titles: words.titles, language: root.dataset.language });
  const { holdEnd, toEnd, scrolls } = makeFollowing(list, box, field);
  let counter = Number(root.dataset.counter);
  let ended = false;
  let met = false;

  const send = (path, body, more = {}) => fetch(base + path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-linjen": "1", "x-csrf": csrf },
    body: JSON.stringify(body),
    ...more,
  });

  // -- bubbles --------------------------------------------------------------------------------------------------------

  // Puts a drawn bubble or line in its place, once. True when it was not there before.
  function insert(item, live) {
    const known = document.getElementById(item.id);
    if (known && !("local" in known.dataset)) return false;
    const end = holdEnd();
    known?.remove();
    if (root.dataset.language !== "sv") translate(item);
    place(item);
    counter = Math.max(counter, Number(item.dataset.seq) || 0);
    setMark(item);
    end?.follow(item);
    if (!isMine(item) && item.dataset.by) {
      if (live && !known) newer.add(item);
      reads.watch(item);
    }
    if (live && !known && !isMine(item)) tellNew(item);
    return !known;
  }

  function tellNew(item) {
    const by = item.querySelector(".lj-bubble__by")?.textContent.trim();
    const text = item.querySelector(".lj-bubble__text")?.textContent ?? item.querySelector("img")?.alt ?? item.textContent;
    news.textContent = by ? say("new_message", { name: by, text: text.slice(0, 300) }) : item.textContent.trim();
    if (by) reads.count();
  }

  const newer = makeNewer(document.getElementById("newer"), say, box);
  const reads = makeReads(list, {
    readUpTo: Number(root.dataset.unreadFrom),
    newer,
    send,
    marks: () => party === "resident" || Boolean(document.getElementById("composer")),
    isOver: () => ended,
    signedOut: () => signedOut(),
  });

  // -- writing --------------------------------------------------------------------------------------------------------

  let typingTimer = 0;
  let typedAt = 0;
  let sentAt = 0;
  let nextId = null;

  function showTyping(name) {
    const typing = document.getElementById("typing");
    clearTimeout(typingTimer);
    if (!typing) return;
    typing.replaceChildren();
    if (!name) return;
    const dots = element('<span class="lj-dots" aria-hidden="true"><i></i><i></i><i></i></span>');
    const text = document.createElement("span");
    text.textContent = typing.dataset.words.replace("{name}", name);
    typing.append(dots, text);
    typingTimer = setTimeout(showTyping, 6000);
  }

  function onInput() {
    showFault("");
    setDraftState("");
    draft.soon();
    if (field().value.trim() && Date.now() - typedAt >= 3000) {
      typedAt = Date.now();
      send("/typing", {}).catch(() => {});
    }
  }

  const unsent = makeUnsent(element, say);

  // What is on its way but not acknowledged belongs to the draft: a page that is reloaded has it back in the box.
  const draftText = (waiting = outbox.waiting()) => [...unsent.texts, ...waiting.map((item) => item.text), field()?.value ?? ""].filter((text) => text.trim()).join("\n\n");

  const draft = makeDraft({
    post: (text, more) => send("/drafts", { text }, { ...outliving(text), ...more }),
    text: () => draftText(),
    isOver: () => ended,
    tell: setDraftState,
    signedOut: () => signedOut(),
    pauseMs,
    saved: field()?.value ?? "",
    left: `linjen-left-${base}`,
  });

  function setDraftState(key) {
    const state = document.getElementById("draft-state");
    // Of a bubble that is on its way its own mark tells: beside an empty box there is no draft to speak of.
    if (state) state.textContent = key && field()?.value.trim() ? say(key) : "";
  }

  function showFault(text) {
    document.getElementById("composer-error")?.remove();
    const area = field();
    if (!area) return;
    area.toggleAttribute("aria-invalid", Boolean(text));
    if (!text) return area.removeAttribute("aria-describedby");
    const line = element('<p class="lj-error" id="composer-error" role="alert"><span></span></p>');
    line.firstElementChild.textContent = text;
    area.before(line);
    area.setAttribute("aria-invalid", "true");
    area.setAttribute("aria-describedby", "composer-error");
    area.focus();
  }

  function onSubmit(event) {
    event.preventDefault();
    if (isAway) return showFault(say("signed_out_box"));
    const text = field().value.trim();
    // The second press of a double click is no message.
    if (!text) return Date.now() - sentAt < 1000 ? undefined : showFault(say("empty"));
    if ([...text].length > Number(root.dataset.longest)) return showFault(say("too_long"));
    if (mustOpenRecord()) return showFault(say("record_first"));
    const id = nextId ?? makeId();
    nextId = null;
    field().value = "";
    sentAt = Date.now();
    showFault("");
    setDraftState("");
    list.append(localBubble(id, text));
    place(document.getElementById(`m-${id}`));
    outbox.add(id, text, holdMs);
    rememberSending();
    toEnd();
    field().focus();
  }

  // Whether to reply before the record is open is asked once: protection is seen there, and never in what she wrote.
  let askedOfRecord = false;
  function mustOpenRecord() {
    if (askedOfRecord || !document.querySelector("#record-system [data-asks]") || list.querySelector(".lj-bubble--mine")) return false;
    return (askedOfRecord = true);
  }

  function setLocalState(item, state, told = state) {
    const bubble = document.getElementById(`m-${item.id}`);
    const mark = bubble?.querySelector("[data-mark]");
    if (!mark || bubble.dataset.seq) return;
    mark.dataset.mark = state;
    mark.textContent = say(told);
    bubble.classList.toggle("lj-bubble--unsent", state === "unsent");
    bubble.querySelector("button")?.remove();
    if (state === "unsent" && !isAway) addButton(bubble, "retry", () => outbox.now());
    if (state === "held") addButton(bubble, "take_back", () => takeBack(item.id));
  }

  function addButton(bubble, key, act) {
    const button = element('<button class="lj-link-button lj-bubble__retry" type="button"></button>');
    button.textContent = say(key);
    button.dataset.does = key;
    button.addEventListener("click", act);
    bubble.append(button);
  }

  // A message that has not left yet comes back into the box, in front of what has been written since.
  function takeBack(id) {
    const text = outbox.takeBack(id);
    if (text === null) return;
    document.getElementById(`m-${id}`)?.remove();
    rememberSending();
    giveBack(text);
    news.textContent = say("taken_back");
    field()?.focus();
    draft.save();
  }

  // Who leaves has decided: what is held goes first, what is being written is kept, and another form of the page waits
  // for both, once. The server asks about a message that is not sent, and so must know of it, or that there is none left.
  let hurried = null;
  async function hurryBefore(event) {
    const form = event.target;
    // What another script has taken (a picture's form) leaves nothing: sent here too it would be sent twice.
    if (event.defaultPrevented || form.id === "composer" || form === hurried || (!outbox.held().length && draft.isSaved())) return;
    event.preventDefault();
    event.stopPropagation();
    outbox.hurry();
    const patience = new Promise((done) => { setTimeout(done, 2000); });
    const sent = async () => {
      while (outbox.waiting().length) await new Promise((done) => { setTimeout(done, 50); });
    };
    await Promise.race([sent().then(draft.save), patience]);
    hurried = form;
    form.requestSubmit(event.submitter);
    hurried = null;
  }

  function rememberSending() {
    try {
      sessionStorage.setItem(kept, JSON.stringify(outbox.waiting().map((item) => item.id)));
    } catch {
      // A browser that keeps nothing for us only loses the ids, never a text.
    }
  }

  const outbox = makeOutbox(`${base}/messages`, () => csrf, pauseMs, {
    held: (item) => setLocalState(item, "held"),
    sending: (item) => setLocalState(item, "sending"),
    // The server lives behind its pages, but does not answer: she is told, since "Skickas" alone would be no answer.
    slow: (item) => setLocalState(item, "sending", "slow"),
    unsent: (item, status) => {
      setLocalState(item, "unsent", status >= 500 ? "service_silent" : "unsent");
      draft.save();
    },
    sent: (item, seq) => {
      const bubble = document.getElementById(`m-${item.id}`);
      if (bubble && !bubble.dataset.seq) {
        bubble.dataset.seq = seq;
        bubble.classList.remove("lj-bubble--unsent");
        bubble.querySelector("button")?.remove();
        place(bubble);
        setMark(bubble);
      }
      counter = Math.max(counter, seq);
      rememberSending();
      draft.save();
    },
    renamed: (item, old) => {
      const bubble = document.getElementById(`m-${old}`);
      if (bubble) bubble.id = `m-${item.id}`;
    },
    refused: async (item, reason) => {
      document.getElementById(`m-${item.id}`)?.remove();
      rememberSending();
      giveBack(item.text);
      showFault(words[reason] ? say(reason) : say("refused"));
      if (reason !== "closed_meanwhile") return;
      // The page says what was heard in the words and how to go on: it is fetched once they are kept.
      await draft.save();
      refresh();
    },
    signedOut: () => signedOut(),
  });

  function giveBack(text) {
    const area = field();
    if (area) area.value = [text, area.value].filter((one) => one.trim()).join("\n\n");
    else unsent.keep(text);
  }

  // The same form is drawn anew when the case changes, so its listeners hang on the page.
  root.addEventListener("submit", (event) => event.target.id === "composer" && onSubmit(event));
  root.addEventListener("input", (event) => event.target === field() && onInput());
  root.addEventListener("keydown", (event) => {
    const last = outbox.held().at(-1);
    if (last && event.target === field() && !field().value && (event.ctrlKey || event.metaKey) && event.key === "z") {
      event.preventDefault();
      return takeBack(last.id);
    }
    if (event.target === field() && event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  });
  document.addEventListener("submit", hurryBefore, true);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && draft.save());
  addEventListener("pagehide", () => {
    outbox.hurry();
    draft.leave();
  });
  // A message that is on its way arrives without its page; one that could not be sent may need her to stay,
  // but not where the session has ended (session.js): nobody may be there.
  addEventListener("beforeunload", (event) => {
    if ("leaving" in document.documentElement.dataset || isAway) return;
    if (outbox.waiting().some((item) => item.tries) && !draft.isSaved()) event.preventDefault();
    // What waits to be taken back leaves with the page itself, so it is no draft of the next one.
    draft.leave(draftText(outbox.waiting().filter((item) => item.tries)));
  });

  // -- how the page stands --------------------------------------------------------------------------------------------

  // Signed out: nothing leaves the page, and nothing in it is lost (signed_out.js).
  let isAway = false;
  function signedOut() {
    if (ended && !isAway) return;
    const known = isAway;
    isAway = true;
    if (!known) stop();
    const never = outbox.stop();
    for (const { id } of never) document.getElementById(`m-${id}`)?.remove();
    if (never.length) giveBack(never.map(({ text }) => text).join("\n\n"));
    rememberSending();
    for (const item of outbox.waiting()) setLocalState(item, "unsent");
    setDraftState("");
    banners.offline.hidden = true;
    banners.signedOut.hidden = false;
    if (never.length) showFault(say("signed_out_box"));
    banners.signedOut.scrollIntoView({ block: "nearest" });
    if (known) return;
    // At a shared desk nothing of the patient stays on the screen: only the writer's own words, and the way on.
    if (party === "staff") {
      document.body.classList.add("lj-covered");
      document.title = say("covered");
    }
    // At once: who presses the link in this moment must not be without her words.
    waitForHer({ base, text: draftText, link: banners.signedOut.querySelector("a"), back });
  }

  // She has signed in in another tab: the page goes on where it was.
  function back(page, mark) {
    csrf = mark;
    isAway = ended = false;
    banners.signedOut.hidden = true;
    document.body.classList.remove("lj-covered");
    document.title = page.title;
    showFault("");
    merge(page);
    open();
    outbox.goOn();
    draft.save();
  }

  // A page that must be left at once (session.js) keeps what the server has not got.
  document.addEventListener("linjen:leaving", (event) => {
    if (!draft.isSaved()) event.detail.push(keepWords(base, draftText()).catch(() => {}));
  });

  // What was kept when the session ended stands in the box again; where there is no box any more it can still be read.
  async function findKept() {
    try {
      if (!sessionStorage.getItem(`linjen-kept ${base} talk`)) return;
      const text = await findWords(base);
      if (!text) return;
      if (field()) {
        field().value = joined(text, field().value);
        field().focus();
        draft.soon();
      } else {
        unsent.keep(text);
        unsent.show(text);
        unsent.tellOnce();
      }
    } catch {
      // A browser that keeps nothing for us has nothing to give back.
    }
  }

  function gone() {
    stop();
    const line = document.createElement("p");
    line.className = "lj-notice lj-warning";
    line.setAttribute("role", "alert");
    line.textContent = say("gone");
    (document.getElementById("main") ?? root).replaceChildren(line);
  }

  const { fetchPage, refresh, merge } = makeMerging({ base, party }, {
    insert,
    setMarks: (delivered, read, last) => {
      setMarks("deliveredSeq", delivered);
      setMarks("readSeq", read);
      counter = Math.max(counter, last);
    },
    reads,
    field,
    draft,
    words: { ...unsent, all: () => draftText() },
    isOver: () => ended,
    signedOut: () => signedOut(),
    gone,
    composerCame: () => showTyping(""),
  });

  function on(kind, data, number) {
    if (kind === "message_sent") {
      showTyping("");
      insert(element(data), true);
    } else if (kind === "delivered") setMarks("deliveredSeq", Number(data));
    else if (kind === "read") setMarks("readSeq", Number(data));
    else if (kind === "typing") showTyping(data);
    else if (kind === "urgent") tellElsewhere("words", "{level}", data);
    else if (kind === "unmet") tellElsewhere("unmet", "{minutes}", data);
    else if (["chats", "presence", "arrived"].includes(kind)) {
      if (kind === "arrived" && ["1", "2"].includes(data)) tellElsewhere("words", "{level}", data);
      document.dispatchEvent(new CustomEvent(`linjen:${kind}`, { detail: data }));
    }
    else if (kind === "gone") gone();
    else if (kind === "signed_out") signedOut();
    else if (kind === "hello") {
      // What was written between the page and the stream follows at once; what does not is fetched. What has no number,
      // such as a block, is asked for by staff whenever the line is back.
      const isBack = met && party === "staff";
      met = true;
      setTimeout(() => (isBack || Number(data) > counter) && refresh(), 1000);
    } else {
      if (kind === "reload") draft.save();
      counter = Math.max(counter, number);
      refresh();
    }
  }

  // Another case of the unit is urgent now or is new and so, or nobody has opened one of level 1; the ledger says which.
  function tellElsewhere(words, name, value) {
    const bar = document.getElementById("elsewhere");
    if (!bar) return;
    bar.hidden = false;
    bar.querySelector("span").textContent = bar.dataset[words].replace(name, value);
  }

  document.getElementById("elsewhere-close")?.addEventListener("click", () => {
    document.getElementById("elsewhere").hidden = true;
    field()?.focus();
  });

  // The page says of which moment it is. What moves a case needs the connection and rests; writing never does.
  function cutOff(yes) {
    const line = banners.offline.querySelector("p");
    const at = new Date().toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit" }).replace(":", ".");
    if (yes && banners.offline.hidden) line.textContent = `${say("offline")} ${say("offline_at", { at })}`;
    banners.offline.hidden = !yes;
    if (party !== "staff") return;
    for (const one of document.querySelectorAll("#case-status :is(a, button)")) one.inert = yes;
  }

  function opened() {
    cutOff(false);
    outbox.now();
    if (draftText() && !draft.isSaved()) draft.save();
  }

  const kinds = ["hello", "reload", "gone", "urgent", "unmet", "chats", "presence", "arrived", "signed_out", "delivered", "read", "typing", ...root.dataset.kinds.split(" ")];
  let endStream = () => {};
  const open = () => {
    endStream = listen(`${base}/stream`, kinds, {
      on,
      opened,
      lost: () => cutOff(true),
      refused: (status) => (status === 401 ? signedOut() : gone()),
    });
  };
  open();

  function stop() {
    ended = true;
    endStream();
  }

  // -- the beginning --------------------------------------------------------------------------------------------------

  // Ids of messages that were on their way when the page was left: those that arrived are no draft any more.
  function pickUp() {
    let ids = [];
    try {
      ids = JSON.parse(sessionStorage.getItem(kept) ?? "[]");
      sessionStorage.removeItem(kept);
    } catch {
      return;
    }
    const area = field();
    if (!area || !area.value || !ids.length) return;
    for (const id of ids) {
      const text = document.querySelector(`#m-${CSS.escape(id)} .lj-bubble__text`)?.textContent;
      if (text && area.value.startsWith(text)) area.value = area.value.slice(text.length).trimStart();
      else if (!text && ids.length === 1) nextId = id;
    }
  }

  const hadDraft = Boolean(field()?.value);
  await findKept();
  pickUp();
  if (hadDraft) setDraftState("draft_saved");
  draft.pickUp(async () => (await fetchPage()).page?.getElementById("composer-text")?.value ?? null, (text) => field() && (field().value = text));
  toEndAtFirst();
  for (const item of list.querySelectorAll(".lj-bubble--theirs")) {
    if (reads.isNew(item)) newer.add(item);
    reads.watch(item);
  }
  root.dataset.ready = "1";

  function toEndAtFirst() {
    if (scrolls()) box.scrollTop = box.scrollHeight;
  }
}
