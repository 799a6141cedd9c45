// Where the reader of a talk is, and what may move when something comes: nothing, unless she stands at its end.

// `list` lies in `box`; `field()` is the box that she writes in, if there is one.
export function makeFollowing(list, box, field) {
  // The talk scrolls in a box of its own on the desk of a case, with the whole page elsewhere.
  // A box that is not full yet counts, too: the message that fills it must be followed.
  const scrolls = () => getComputedStyle(box).overflowY !== "visible";
  const boxIsAtEnd = () => box.scrollHeight - box.scrollTop - box.clientHeight < 48;

  // How far down the page can be seen: above the keyboard and the tab bar of a phone.
  function seenDownTo() {
    const screen = window.visualViewport;
    const bar = document.querySelector(".lj-tabbar");
    const bottom = screen ? screen.offsetTop + screen.height : innerHeight;
    return bar && getComputedStyle(bar).position === "fixed" ? Math.min(bottom, bar.getBoundingClientRect().top) : bottom;
  }

  // Null when the reader is somewhere else than at the end of the talk: then nothing may move. Otherwise `follow(item)`
  // shows what has been put in, from its first line; where she writes stays where it is.
  function holdEnd() {
    if (scrolls()) return boxIsAtEnd() ? { follow: followInBox } : null;
    const write = document.getElementById("chat-write").getBoundingClientRect();
    const down = seenDownTo();
    const writes = field() && field() === document.activeElement && write.bottom > 0 && write.top < down;
    const end = list.getBoundingClientRect().bottom;
    if (!writes && (end < 0 || end > down + 24)) return null;
    return { follow: (item) => followOnPage(item, writes, write, down) };
  }

  function followInBox(item) {
    toEnd();
    const hidden = box.getBoundingClientRect().top - item.getBoundingClientRect().top;
    if (hidden > 0) box.scrollTop -= hidden + 8;
    wasAtEnd = boxIsAtEnd();
  }

  function followOnPage(item, writes, before, down) {
    const after = document.getElementById("chat-write").getBoundingClientRect();
    if (writes) return scrollBy(0, after.top - before.top);
    const { top, bottom } = item.getBoundingClientRect();
    const wanted = (before.height && before.bottom <= down ? after.bottom : bottom) - down + 8;
    scrollBy(0, Math.max(0, Math.min(wanted, top - 8)));
  }

  function toEnd() {
    if (scrolls()) box.scrollTop = box.scrollHeight;
    else document.getElementById("composer")?.scrollIntoView({ block: "nearest" });
  }

  // A box that gets lower because what is written below it grows keeps its end in sight.
  let wasAtEnd = true;
  box.addEventListener("scroll", () => { wasAtEnd = boxIsAtEnd(); }, { passive: true });
  new ResizeObserver(() => wasAtEnd && scrolls() && toEnd()).observe(box);

  return { holdEnd, toEnd, scrolls };
}
