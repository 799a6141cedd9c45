// Phrases in the box of a chat: "/" at the start of a word, or the button, opens a search; what is chosen is put where
// the slash stood, its first field is selected, and Tab goes on to the next. Everything hangs on the talk, since its box
// may be drawn anew. Without this script the button is a link to a page with the same list.
const talk = document.getElementById("chat");
if (talk && document.getElementById("phrases")) start();

function start() {
  const part = (name) => document.getElementById(name);
  const box = () => part("composer-text");
  const words = { ...part("phrases").dataset };
  const fields = () => new RegExp(words.fields, "gi");
  let phrases = null;
  let found = [];
  let at = -1;
  // While the panel is open: where the slash stands in the box, or null when it was opened by the button.
  let slash = null;
  const isOpen = () => part("phrases") && !part("phrases").hidden;

  // -- the list -------------------------------------------------------------------------------------------------------

  async function load() {
    const answer = await fetch(words.list, { headers: { "x-linjen": "1" } });
    if (!answer.ok) throw new Error(String(answer.status));
    phrases = (await answer.json()).phrases.map((one) => ({ ...one, find: [one.short, one.title, one.body].map(fold) }));
  }

  // As people type: without capitals, and with plain letters found in those with dots and rings.
  const fold = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

  // How well a phrase fits, the least first; null when a word of the search stands nowhere in it.
  function fit(phrase, wanted) {
    const [short, title, body] = phrase.find;
    if (!wanted) return 0;
    if (!wanted.split(/\s+/).every((word) => phrase.find.some((text) => text.includes(word)))) return null;
    if (short === wanted) return 0;
    if (short.startsWith(wanted)) return 1;
    if (title.startsWith(wanted)) return 2;
    if (title.split(/\s+/).some((word) => word.startsWith(wanted))) return 3;
    return title.includes(wanted) ? 4 : body.includes(wanted) ? 5 : 6;
  }

  function search() {
    const list = part("phrases-found");
    if (!phrases || !list) return;
    const wanted = fold(part("phrases-search").value.trim());
    found = phrases.map((one) => [fit(one, wanted), one]).filter(([rank]) => rank !== null)
      .sort((a, b) => a[0] - b[0]).map(([, one]) => one);
    list.replaceChildren(...found.map(drawn));
    part("phrases-search").setAttribute("aria-expanded", String(found.length > 0));
    part("phrases-state").textContent = found.length === 0 ? words.none : found.length === 1 ? words.one : words.many.replace("{count}", found.length);
    list.scrollTop = 0;
    choose(found.length ? 0 : -1);
  }

  function drawn(phrase, number) {
    const item = document.createElement("li");
    const put = (tag, text, name = "") => {
      const one = document.createElement(tag);
      one.textContent = text;
      one.className = name;
      item.append(one, " ");
    };
    item.id = `phrase-${number}`;
    item.setAttribute("role", "option");
    put("b", phrase.title);
    if (phrase.short) put("code", `/${phrase.short}`, "lj-phrase-short");
    if (phrase.own) put("span", words.own, "lj-tag lj-info");
    put("small", phrase.body.length > 160 ? `${phrase.body.slice(0, 160)} …` : phrase.body);
    return item;
  }

  function choose(number) {
    at = number;
    const options = [...part("phrases-found").children];
    options.forEach((one, place) => one.setAttribute("aria-selected", String(place === at)));
    options[at]?.scrollIntoView({ block: "nearest" });
    const input = part("phrases-search");
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", `phrase-${at}`);
  }

  // -- open and close -------------------------------------------------------------------------------------------------

  async function open(slashAt) {
    slash = slashAt;
    part("phrases").hidden = false;
    part("phrases-open")?.setAttribute("aria-expanded", "true");
    const input = part("phrases-search");
    input.value = "";
    input.focus();
    search();
    if (phrases) return;
    try {
      await load();
    } catch {
      if (isOpen()) part("phrases-state").textContent = words.failed;
      return;
    }
    if (isOpen()) search();
  }

  // What was typed after the slash was perhaps never meant for us: it stays in the box as it was typed, unless she says
  // by Esc or the button that she wants no phrase. Then the search goes, and its slash with it.
  function close({ keep = true, focus = true } = {}) {
    const typed = part("phrases-search").value;
    const from = slash;
    slash = null;
    part("phrases").hidden = true;
    part("phrases-open")?.setAttribute("aria-expanded", "false");
    if (keep && from !== null && typed) write(typed, from + 1, from + 1, { focus });
    else if (focus) box()?.focus();
  }

  function giveUp() {
    const from = slash;
    close({ keep: false });
    if (from !== null) write("", from, from + 1);
  }

  // Puts a text into the box in a way that Ctrl+Z takes back; the box tells whoever saves drafts.
  function write(text, from, until, { focus = true } = {}) {
    const area = box();
    if (!area) return;
    if (!focus) {
      area.setRangeText(text, from, until, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
      return;
    }
    area.focus();
    area.setSelectionRange(from, until);
    if (document.execCommand(text ? "insertText" : "delete", false, text)) return;
    area.setRangeText(text, from, until, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function insert(phrase) {
    const area = box();
    if (!area) return;
    const from = slash ?? area.selectionStart;
    const until = slash === null ? area.selectionEnd : slash + 1;
    close({ keep: false });
    write(phrase.body, from, until);
    const left = [...phrase.body.matchAll(fields())].map((one) => one[0]);
    if (left.length) selectField(from);
    part("phrases-news").textContent = left.length ? words.fill.replace("{fields}", left.join(", ")) : words.inserted;
    const headers = { "x-linjen": "1", "x-csrf": talk.dataset.csrf };
    // A count that is lost only costs a place in the list.
    fetch(`${words.uses}${phrase.id}/uses`, { method: "POST", headers, keepalive: true }).then(load).catch(() => {});
  }

  // -- fields ---------------------------------------------------------------------------------------------------------

  // Selects the first field that begins at or after a place in the box, or the last one before it. False without any.
  function selectField(place, back = false) {
    const all = [...box().value.matchAll(fields())];
    const one = back ? all.findLast((field) => field.index + field[0].length <= place) : all.find((field) => field.index >= place);
    if (!one) return false;
    box().setSelectionRange(one.index, one.index + one[0].length);
    return true;
  }

  function onTab(event) {
    const area = box();
    const moved = event.shiftKey ? selectField(area.selectionStart, true) : selectField(area.selectionEnd);
    if (moved) event.preventDefault();
  }

  function stopUnfilled(event) {
    const one = event.target.id === "composer" && fields().exec(box().value);
    if (!one) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    part("composer-error")?.remove();
    const line = document.createElement("p");
    line.className = "lj-error";
    line.id = "composer-error";
    line.setAttribute("role", "alert");
    line.textContent = words.unfilled.replace("{name}", one[0]);
    box().before(line);
    box().setAttribute("aria-invalid", "true");
    box().setAttribute("aria-describedby", "composer-error");
    box().focus();
    box().setSelectionRange(one.index, one.index + one[0].length);
  }

  // -- what is typed and pressed --------------------------------------------------------------------------------------

  function onInput(event) {
    if (event.target === part("phrases-search")) {
      // "/ " is a slash of one's own, as in "1 / 2".
      return slash !== null && event.target.value === " " ? close() : search();
    }
    if (event.target !== box() || event.isComposing || !/^insert(Text|CompositionText)$/.test(event.inputType ?? "")) return;
    const { value, selectionStart: caret } = event.target;
    if (value[caret - 1] === "/" && !/\S/.test(value[caret - 2] ?? "")) open(caret - 1);
  }

  function onSearchKey(event) {
    const last = found.length - 1;
    const moves = { ArrowDown: at >= last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1, PageDown: Math.min(last, at + 5), PageUp: Math.max(0, at - 5) };
    if (event.isComposing) return;
    if (event.key in moves && last >= 0) choose(moves[event.key]);
    else if (event.key === "Enter") found[at] && insert(found[at]);
    else if (event.key === "Escape" || (event.key === "Backspace" && slash !== null && !event.target.value)) giveUp();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  talk.addEventListener("input", onInput);
  talk.addEventListener("keydown", (event) => {
    if (event.target === part("phrases-search")) onSearchKey(event);
    else if (event.target === box() && event.key === "Tab" && !event.ctrlKey && !event.altKey && !event.metaKey) onTab(event);
  });
  talk.addEventListener("submit", stopUnfilled, { capture: true });
  talk.addEventListener("focusin", (event) => {
    if (event.target === box() && !phrases) load().catch(() => {});
  });
  talk.addEventListener("focusout", (event) => {
    if (!isOpen() || !part("phrases").contains(event.target) || part("phrases").contains(event.relatedTarget)) return;
    if (event.relatedTarget?.id === "phrases-open") return;
    // A window that loses the focus as a whole keeps what it has open.
    if (document.hasFocus()) close({ focus: false });
  });
  talk.addEventListener("pointerdown", (event) => event.target.closest("#phrases-found li") && event.preventDefault());
  talk.addEventListener("click", (event) => {
    const option = event.target.closest("#phrases-found li");
    if (option) return insert(found[Number(option.id.slice(7))]);
    if (!event.target.closest("#phrases-open")) return;
    if (isOpen()) giveUp();
    else open(null);
  });
}
