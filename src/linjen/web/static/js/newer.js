// The quiet button of a talk: it stands there while a new message is outside what is seen, says how many, and leads to
// the first. It moves nothing by itself and never takes the focus. parts/chat.html draws it.

// `say(key, values)` gives the words; `resting` is what takes the focus when the button goes while it has it.
export function makeNewer(spot, say, resting) {
  const button = spot.querySelector("button");
  const label = button.querySelector("span");
  const pending = new Set();

  const topOf = (item) => item.getBoundingClientRect().top;
  const inOrder = () => [...pending].filter((item) => item.isConnected).sort((a, b) => a.dataset.seq - b.dataset.seq);

  function show() {
    const waiting = inOrder().filter((item) => item.dataset.inView === "0");
    if (waiting.length) {
      label.textContent = waiting.length === 1 ? say("new_one") : say("new_many", { count: waiting.length });
      spot.classList.toggle("lj-newer-up", topOf(waiting[0]) < Math.max(0, topOf(resting)));
    } else if (button === document.activeElement) {
      resting.focus({ preventScroll: true });
    }
    spot.hidden = !waiting.length;
  }

  function lead() {
    const first = inOrder()[0];
    if (!first) return;
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
    first.scrollIntoView({ block: "start" });
  }

  // A keyboard on the screen covers what stands at the bottom of the page.
  function liftOverKeyboard() {
    const screen = window.visualViewport;
    const covered = screen.scale > 1.01 ? 0 : Math.max(0, innerHeight - screen.height - screen.offsetTop);
    spot.style.setProperty("--lj-keyboard", `${Math.round(covered)}px`);
  }

  // In its row under the talk while that is on the screen, else in a bar at the foot of the page.
  new IntersectionObserver(([row]) => spot.classList.toggle("lj-newer-apart", !row.isIntersecting), { rootMargin: "0px 0px -64px" }).observe(spot.parentElement);
  button.addEventListener("click", lead);
  window.visualViewport?.addEventListener("resize", liftOverKeyboard);
  window.visualViewport?.addEventListener("scroll", liftOverKeyboard);

  return {
    // A message that is new to the reader; whether it is seen tells `look`.
    add(item) {
      pending.add(item);
    },
    // What is in view has changed: item.dataset.inView is "1" or "0". Who has seen a message has passed those before it.
    look() {
      const seen = inOrder().findLast((item) => item.dataset.inView === "1");
      for (const item of pending) if (!item.isConnected || Number(item.dataset.seq) <= Number(seen?.dataset.seq)) pending.delete(item);
      show();
    },
  };
}
