// Hints on how to write, beside a box: never a hindrance, gone for this window when they are not wanted. What is found is
// decided by the rules that the server gives (phrases/tone.py); this file only reads them as that file does.
const LETTERED = /^\p{Lu}\p{Ll}/u;

export function makeReader(rules) {
  const read = Object.fromEntries(Object.entries(rules.patterns).map(([name, find]) => [name, new RegExp(find, "giu")]));
  const words = rules.words.map((one) => ({ ...one, find: new RegExp(one.find, one.exact ? "gu" : "giu") }));
  const daysOf = (year, month) => new Date(Date.UTC(year, month, 0)).getUTCDate();
  const isDay = (day, month, year) => month >= 1 && month <= 12 && year >= 1900 && year <= 2200 && day >= 1 && day <= daysOf(year, month);
  const hint = (kind, one, instead) => ({ kind, found: one[0], instead, start: one.index, end: one.index + one[0].length });

  function* findWords(text) {
    for (const { kind, find, instead } of words) {
      for (const one of text.matchAll(find)) {
        const word = instead[one[0]] || instead[one[0].toLowerCase()] || "";
        const begun = kind !== "system" && LETTERED.test(one[0]) && one[0].slice(1) === one[0].slice(1).toLowerCase();
        yield hint(kind, one, begun ? word.slice(0, 1).toUpperCase() + word.slice(1) : word);
      }
    }
  }

  // The year that brings a day and month nearest to today.
  function nearest(day, month, today) {
    const years = [today.getUTCFullYear(), today.getUTCFullYear() + 1, today.getUTCFullYear() - 1].filter((year) => isDay(day, month, year));
    const away = (year) => Math.abs(Date.UTC(year, month - 1, day) - today);
    return years.reduce((best, year) => (best && away(best) <= away(year) ? best : year), 0);
  }

  function* date(one, day, month, year) {
    if (isDay(day, month, year)) yield hint("date", one, `${day} ${rules.months[month - 1]} ${year}`);
  }

  function* findDates(text, today) {
    for (const one of text.matchAll(read.iso_date)) yield* date(one, +one[3], +one[2], +one[1]);
    for (const one of text.matchAll(read.dot_date)) yield* date(one, +one[1], +one[2], +one[3]);
    for (const one of text.matchAll(read.slash_date)) {
      const [day, month] = [+one[1], +one[2]];
      if (one[3] || !rules.no_dates.includes(`${day}/${month}`)) yield* date(one, day, month, one[3] ? +one[3] : nearest(day, month, today));
    }
    for (const one of text.matchAll(read.short_month)) {
      const [day, month] = [+one[1], rules.short_months.indexOf(one[2].toLowerCase()) + 1];
      if (month !== 5 || one[0].endsWith(".")) yield* date(one, day, month, one[3] ? +one[3] : nearest(day, month, today));
    }
  }

  const two = (number) => String(number).padStart(2, "0");

  function* findTimes(text) {
    for (const one of text.matchAll(read.time)) {
      const [found, prefix, hour, sign, minute, untilHour, untilMinute] = one;
      const isTime = prefix || sign === ":" || (minute && untilMinute);
      const hours = [hour, untilHour].filter(Boolean).map(Number);
      const minutes = [minute, untilMinute].map((part) => Number(part ?? 0));
      const right = new RegExp(`^(?:${rules.patterns.right_time})$`, "iu").test(found);
      if (!isTime || Math.max(...hours) > 24 || Math.max(...minutes) > 59 || right) continue;
      const clock = `${two(hours[0])}.${two(minutes[0])}${untilHour ? `–${two(hours[1])}.${two(minutes[1])}` : ""}`;
      const begins = prefix ? prefix[0] === "K" : !/[^.!?\n]\s*$/u.test(text.slice(0, one.index));
      yield hint("time", one, `${begins ? "Kl." : "kl."} ${clock}`);
    }
  }

  function* findSigns(text) {
    for (const one of text.matchAll(read.compare)) yield hint("symbol", one, one[0] === ">" ? "mer än" : "mindre än");
    for (const one of text.matchAll(read.smiley)) yield hint("smiley", one, "");
  }

  function* findLong(text) {
    let start = 0;
    for (const end of [...[...text.matchAll(read.sentence_end)].map((one) => one.index), text.length]) {
      const inside = [...text.slice(start, end).matchAll(read.word)];
      if (inside.length > rules.most_words) {
        const [from, until] = [start + inside[0].index, start + inside[3].index + inside[3][0].length];
        yield { kind: "long", found: text.slice(from, until), instead: "", start: from, end: start + inside.at(-1).index + inside.at(-1)[0].length };
      }
      start = end;
    }
  }

  // The hints of a text in its order, each word and each kind of fault once.
  return function findHints(text, today) {
    const found = [...findWords(text), ...findDates(text, today), ...findTimes(text), ...findSigns(text), ...findLong(text)];
    found.sort((a, b) => a.start - b.start || b.end - a.end);
    const kept = [];
    const seen = new Set();
    for (const one of found) {
      const last = kept.at(-1);
      const inside = last && one.kind !== "long" && last.kind !== "long" && one.start < last.end;
      const key = `${one.kind} ${one.found.toLowerCase()}`;
      if (inside || seen.has(key)) continue;
      seen.add(key);
      kept.push(one);
    }
    return kept;
  };
}

// -- on the page --------------------------------------------------------------------------------------------------------

const PAUSE_MS = 500;
const KEPT = "linjen-tone-hidden";
const place = () => document.querySelector("[data-tone]");
if (typeof document !== "undefined" && place()) start();

async function start() {
  const rules = await (await fetch(place().dataset.tone)).json().catch(() => null);
  if (!rules) return;
  const findHints = makeReader(rules);
  const say = (key, values = {}) => rules.say[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const area = () => document.getElementById(place()?.dataset.for ?? "");
  let hidden = new Set();
  let timer = 0;
  let told = "";
  // One line beside the box until somebody asks for the rest: the talk needs the room.
  let unfolded = false;
  try {
    hidden = new Set(JSON.parse(sessionStorage.getItem(KEPT) ?? "[]"));
  } catch {
    // A browser that keeps nothing for us shows a hint again.
  }

  function keep() {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify([...hidden]));
    } catch {
      // As above.
    }
  }

  const today = () => {
    const [year, month, day] = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Stockholm" }).format().split("-").map(Number);
    return new Date(Date.UTC(year, month - 1, day));
  };
  const keyOf = (one) => `${one.kind} ${one.found.toLowerCase()}`;
  const sentence = (one) => say(one.instead || !(`${one.kind}_plain` in rules.say) ? one.kind : `${one.kind}_plain`, one);

  function button(text, about, onClick) {
    const one = document.createElement("button");
    one.type = "button";
    one.className = "lj-link-button";
    one.textContent = text;
    if (about) one.setAttribute("aria-label", about);
    one.addEventListener("click", onClick);
    return one;
  }

  function line(text, buttons) {
    const item = document.createElement("li");
    const words = document.createElement("span");
    words.textContent = text;
    item.append(words, ...buttons);
    return item;
  }

  function drawn(one, last) {
    const buttons = [];
    if (one.instead) buttons.push(button(say("change"), say("change_about", one), () => change(one)));
    buttons.push(button(say("hide"), say("hide_about", one), () => hide(keyOf(one))));
    if (last) buttons.push(button(say("hide_all"), "", () => hide("all")));
    return line(sentence(one), buttons);
  }

  function fold(count) {
    const one = button(say(unfolded ? "fewer" : "more", { count }), "", () => {
      unfolded = !unfolded;
      show();
    });
    one.setAttribute("aria-expanded", String(unfolded));
    return one;
  }

  function show({ gone = false } = {}) {
    const spot = place();
    if (!spot || !area()) return;
    const list = spot.querySelector("ul");
    if (hidden.has("all")) {
      spot.hidden = !gone;
      list.replaceChildren(line(say("hidden"), [button(say("show"), "", () => {
        hidden.clear();
        keep();
        area().focus();
        show();
      })]));
      return tell("");
    }
    const hints = findHints(area().value, today()).filter((one) => !hidden.has(keyOf(one)));
    if (hints.length < 2) unfolded = false;
    const shown = unfolded ? hints : hints.slice(0, 1);
    const hadFold = document.activeElement?.hasAttribute("aria-expanded") && list.contains(document.activeElement);
    list.replaceChildren(...shown.map((one, number) => drawn(one, number === shown.length - 1 && (unfolded || hints.length < 2))));
    list.classList.toggle("lj-tone-folded", hints.length > 1 && !unfolded);
    if (hints.length > 1) list.firstElementChild.append(fold(hints.length - 1));
    if (hadFold) list.querySelector("[aria-expanded]")?.focus();
    spot.hidden = !hints.length;
    tell(hints.length === 0 ? "" : hints.length === 1 ? say("one") : say("many", { count: hints.length }));
  }

  // For who hears the page: how many there are, only when that changes.
  function tell(text) {
    let news = document.getElementById("tone-news");
    if (!news) {
      news = document.createElement("p");
      news.id = "tone-news";
      news.className = "lj-visually-hidden";
      news.setAttribute("role", "status");
      (document.getElementById("main") ?? document.body).append(news);
    }
    if (text !== told) news.textContent = told = text;
  }

  function change(one) {
    const box = area();
    // The box may hold something else by now.
    if (box.value.slice(one.start, one.end) !== one.found) return show();
    box.focus();
    box.setSelectionRange(one.start, one.end);
    if (!document.execCommand("insertText", false, one.instead)) {
      box.setRangeText(one.instead, one.start, one.end, "end");
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    show();
  }

  function hide(key) {
    hidden.add(key);
    keep();
    area()?.focus();
    show({ gone: true });
  }

  document.addEventListener("input", (event) => {
    if (event.target !== area()) return;
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE_MS);
  });
  // What is sent is not spoken of any more; a box that was drawn anew is looked at again.
  document.addEventListener("submit", () => setTimeout(show, 0));
  new MutationObserver(() => show()).observe(document.getElementById("chat-write") ?? document.createElement("p"), { childList: true });
  show();
}
