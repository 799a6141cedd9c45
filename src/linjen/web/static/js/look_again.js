// A page of a case without a talk: when somebody sets her protected, or takes that back, the page says so at once and
// loses what it may not show any more. The page of the talk sees to it itself (chat.js). What is typed in forms stays.
// A page that shows something of another unit asks for itself, too: the patient may have blocked it meanwhile. What
// happened while the line was away is told by nobody: whenever the stream is back, the page looks again.
const here = document.getElementById("look-again");
if (here && !document.getElementById("chat")) begin();
const opened = document.querySelector("[data-elsewhere][data-left]");
if (opened) setTimeout(lookElsewhere, Number(opened.dataset.left) * 1000);

async function lookElsewhere() {
  const part = document.querySelector("[data-elsewhere]");
  if (!part) return;
  try {
    const answer = await fetch(location.href, { headers: { "x-linjen": "1" } });
    if (!answer.ok) return location.replace(part.dataset.elsewhere);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
    if (fresh && part.innerHTML !== fresh.innerHTML) part.innerHTML = fresh.innerHTML;
  } catch {
    part.replaceChildren();
  }
}

// What this needs of the others comes by the addresses that the page was drawn with: after an upgrade they fit together.
async function begin() {
  const [{ listen }, session] = await Promise.all([import(here.dataset.live), import(here.dataset.session)]);
  keepAlive(listen, session);
}

function keepAlive(listen, { isLeaving, leaveBy }) {
  let met = false;
  // A form that is on its way leads on by itself: what it does to the case must not lead its own page elsewhere.
  let sending = false;
  addEventListener("submit", (event) => { sending ||= !event.defaultPrevented; });
  addEventListener("pageshow", () => { sending = false; });
  const end = listen(`${here.dataset.base}/stream?apart`, ["hello", "reload", "gone", "signed_out"], {
    on(kind) {
      if (kind === "reload" || (kind === "hello" && met)) look();
      else if (kind !== "hello") return leave();
      met ||= kind === "hello";
    },
    opened() {},
    lost() {},
    refused: leave,
  });

  async function look() {
    lookElsewhere();
    try {
      const answer = await fetch(`${here.dataset.base}/patient`, { headers: { "x-linjen": "1" } });
      if ([401, 404].includes(answer.status)) return leave();
      if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      // Without a connection nothing is known; a stream that comes back asks again.
    }
  }

  function show(page) {
    const now = page.getElementById("look-again")?.dataset.protected;
    if (!now) return;
    const titled = page.getElementById("look-again").dataset.titled;
    document.title = document.title.replace(here.dataset.titled, () => titled);
    here.dataset.titled = titled;
    const changed = now !== here.dataset.protected;
    here.dataset.protected = now;
    for (const part of document.querySelectorAll("#case-protected, #case-unchecked, #case-blocked, [data-protected-part]")) {
      const fresh = page.getElementById(part.id)?.innerHTML ?? "";
      // A form that is being filled in goes only when it may not stand there any more.
      const stays = !changed && (part.id === "patient-contact" || part.querySelector("textarea")?.value);
      if (!stays && part.innerHTML !== fresh) part.innerHTML = fresh;
    }
    if (document.getElementById("case-protected")) return;
    // A form of the case has its banner above its head.
    for (const old of document.querySelectorAll("main .lj-protected")) old.remove();
    const banner = page.querySelector("#case-protected > *");
    if (banner) document.querySelector("main .lj-case-bar")?.before(banner);
  }

  // The server knows what comes now: the lock, sign-in, or "there is no such page". What was typed is not lost by that.
  async function leave() {
    if (sending || isLeaving()) return;
    end();
    await leaveBy(() => location.assign(here.dataset.base));
  }
}
