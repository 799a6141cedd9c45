// The bubbles of a talk: where each stands among the others and its day, what it says in the reader's language, and how
// far hers have come: sent, delivered, read. parts/talk.html draws them; nothing here knows of the network.

export function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

export const isMine = (item) => item.classList.contains("lj-bubble--mine");

// `say(key)` gives the words, `titles` those of the staff's titles; `language` is the page's.
export function makeBubbles(list, { say, titles, language }) {
  function place(item) {
    const seq = Number(item.dataset.seq) || Infinity;
    let before = null;
    for (let one = list.lastElementChild; one; one = one.previousElementSibling) {
      if (one === item || one.classList.contains("lj-day")) continue;
      if ((Number(one.dataset.seq) || Infinity) <= seq) {
        before = one;
        break;
      }
    }
    if (before) before.after(item);
    else list.prepend(item);
    if (before?.dataset.day === item.dataset.day) return;
    const next = list.querySelector(`:scope > .lj-day[data-day="${item.dataset.day}"]`);
    if (next) next.after(item);
    else item.before(dayHeading(item));
  }

  function dayHeading(item) {
    const line = document.createElement("li");
    const heading = document.createElement("h3");
    line.className = "lj-day";
    line.dataset.day = item.dataset.day;
    heading.textContent = item.dataset.dayWords || say("today");
    line.append(heading);
    return line;
  }

  // Live bubbles are drawn once for all listeners, in Swedish; the page puts its own words in.
  function translate(item) {
    const by = item.querySelector(".lj-bubble__by");
    if ("you" in item.dataset) by.textContent = say("you");
    else if (by) by.textContent = by.textContent.trim().replace(/, (.+)$/, (all, title) => `, ${titles[title] ?? title}`);
    const picture = item.querySelector(".lj-bubble__picture img");
    if (picture) picture.alt = say("picture_alt");
    const time = item.querySelector("time");
    if (time) time.textContent = time.textContent.replace(".", ":");
  }

  function setMark(item) {
    const mark = item.querySelector("[data-mark]");
    const seq = Number(item.dataset.seq);
    if (!mark || !seq) return;
    const state = seq <= Number(list.dataset.readSeq) ? "read" : seq <= Number(list.dataset.deliveredSeq) ? "delivered" : "sent";
    mark.dataset.mark = state;
    mark.textContent = say(state);
  }

  function setMarks(name, seq) {
    list.dataset[name] = Math.max(Number(list.dataset[name]), seq);
    for (const item of list.querySelectorAll(".lj-bubble--mine")) setMark(item);
  }

  function localBubble(id, text) {
    const at = new Date();
    const item = document.getElementById("own-bubble").content.firstElementChild.cloneNode(true);
    const stockholm = { timeZone: "Europe/Stockholm", hour: "2-digit", minute: "2-digit", hour12: false };
    item.id = `m-${id}`;
    item.dataset.day = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Stockholm" }).format(at);
    item.dataset.local = "";
    delete item.dataset.seq;
    delete item.dataset.dayWords;
    item.querySelector(".lj-bubble__text").textContent = text;
    const clock = new Intl.DateTimeFormat("sv-SE", stockholm).format(at);
    item.querySelector("time").textContent = language === "sv" ? clock.replace(":", ".") : clock;
    item.querySelector("time").dateTime = at.toISOString();
    return item;
  }

  return { place, translate, setMark, setMarks, localBubble };
}
