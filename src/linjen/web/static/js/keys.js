// A key for every action. Keys rest while somebody types, with Ctrl, Cmd or AltGr, and for who has switched them off; what
// a key does is to press the very button that the mouse would press.
const help = document.getElementById("keys-help");
if (help) listen();

function listen() {
  const actions = JSON.parse(help.dataset.keys);
  const single = help.dataset.single === "1";
  const LONGEST_PAUSE_MS = 1500;
  let first = "";
  let timer = 0;
  let hadOpen = false;

  const isTyping = (target) => Boolean(target.closest?.("textarea, select, [contenteditable]:not([contenteditable=false]), input:not([type=checkbox], [type=radio], [type=button], [type=submit])"));
  const isSeen = (element) => element.checkVisibility?.({ visibilityProperty: true }) ?? element.offsetParent !== null;

  // Letters by what they write, with Alt by where they are: there a Mac writes signs.
  function keyOf(event) {
    if (event.altKey) {
      const plain = /^(?:Key|Digit)([A-Z0-9])$/.exec(event.code)?.[1];
      return plain ? `alt+${plain.toLowerCase()}` : "";
    }
    if (event.key.length !== 1 || event.key === " ") return "";
    const letter = event.key.toLowerCase();
    return event.shiftKey && letter !== event.key.toUpperCase() ? "" : letter;
  }

  function rowsOf() {
    return [...document.querySelectorAll("#ledger tr[data-sort]:not([hidden]) a.lj-reason, .lj-work-list li a")].filter(isSeen);
  }

  function step(by) {
    const links = rowsOf();
    const row = document.activeElement?.closest("tr[data-sort], .lj-work-list li");
    const at = links.findIndex((link) => row?.contains(link));
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + by))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
    return Boolean(next);
  }

  function takeRow() {
    const row = document.activeElement?.closest("tr[data-sort], .lj-work-list li");
    // What takes it before what opens it, wherever they stand in the row.
    const what = ["button[form=take]", ".lj-button", "a"].map((one) => row?.querySelector(one)).find(Boolean);
    what?.click();
    return Boolean(what);
  }

  // Read from its top: left alone, the browser would give the focus to the button at the end.
  function openHelp() {
    help.showModal();
    help.querySelector("h2").focus();
    help.scrollTop = 0;
    return true;
  }

  // Of several that may still be taken back, the one that was sent last.
  function takeBack() {
    const held = [...document.querySelectorAll("#thread [data-does='take_back']")];
    held.at(-1)?.click();
    return held.length > 0;
  }

  const own = {
    help: openHelp,
    undo: takeBack,
    down: () => step(1),
    up: () => step(-1),
    take: takeRow,
  };

  function press(selector) {
    const found = [...document.querySelectorAll(selector)];
    // A case fills its screen and has no foot there, but what the foot leads to is led to all the same.
    const element = found.find(isSeen) ?? found.find((one) => one.matches(".lj-foot-clinic a"));
    if (!element) return false;
    if (element.matches("input, textarea, select")) element.focus();
    else {
      if (element.matches("summary")) element.focus();
      element.click();
    }
    return true;
  }

  // Pages without the strip of chats ask for it: somebody may be waiting there, too.
  async function goToChat(name) {
    try {
      const answer = await fetch("/clinic/chats", { headers: { "x-linjen": "1" } });
      if (!answer.ok) return;
      const strip = new DOMParser().parseFromString(await answer.text(), "text/html");
      const link = strip.querySelector(`[data-key="${name}"]`);
      if (link) location.assign(link.getAttribute("href"));
    } catch {
      // Without a connection there is nowhere to go.
    }
  }

  document.addEventListener("keydown", () => {
    hadOpen = Boolean(document.querySelector("details.lj-fold[open], #phrases:not([hidden]), dialog[open]"));
  }, { capture: true });

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    if (event.ctrlKey || event.metaKey || event.getModifierState("AltGraph") || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return void leave(event.target);
    const key = keyOf(event);
    if (!key || (!key.startsWith("alt+") && (!single || isTyping(event.target)))) return;
    const wanted = first ? `${first} ${key}` : key;
    first = "";
    clearTimeout(timer);
    const action = actions.find(([keys]) => keys === wanted) ?? actions.find(([keys]) => keys === key);
    if (action) {
      const [, name, selector] = action;
      if (own[name] ? own[name]() : press(selector)) event.preventDefault();
      else if (name.startsWith("chat_") && !document.getElementById("my-chats")) goToChat(name);
    } else if (actions.some(([keys]) => keys.startsWith(`${key} `))) {
      first = key;
      timer = setTimeout(() => { first = ""; }, LONGEST_PAUSE_MS);
    }
  });

  // Esc leaves a field, unless it has just closed something or empties a search.
  function leave(field) {
    if (hadOpen || !isTyping(field) || (field.type === "search" && field.value)) return;
    field.blur();
  }
}
