// Larm på administrationens sidor, live. The stream only says that something is new. The first page fetches itself and
// shows it; the page of a unit's load says so and waits to be pressed, since a look at it counts as having been told.
const place = document.getElementById("alarms");
if (place) import(place.dataset.live).then(keepAlive);

function keepAlive({ listen }) {
  const lost = document.getElementById("alarms-lost");
  const changed = document.getElementById("alarms-changed");
  let version = place.dataset.version;
  let fetching = false;
  let again = false;

  async function renew() {
    if (changed) {
      changed.hidden = false;
      return;
    }
    if (fetching) {
      again = true;
      return;
    }
    fetching = true;
    try {
      const answer = await fetch(location.pathname, { headers: { "x-linjen": "1" } });
      if ([401, 404].includes(answer.status)) return location.reload();
      if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      // Without a connection what is shown stays; the next hello asks again.
    } finally {
      fetching = false;
    }
    if (!again) return;
    again = false;
    renew();
  }

  function show(page) {
    const now = page.getElementById("alarms");
    if (!now) return;
    version = now.dataset.version;
    document.title = page.title;
    if (now.innerHTML === place.innerHTML) return;
    const focused = place.contains(document.activeElement);
    place.innerHTML = now.innerHTML;
    if (focused) (place.querySelector("a") ?? document.querySelector("main")).focus();
  }

  listen(place.dataset.stream, ["hello", "alarms", "signed_out"], {
    on(kind, data) {
      if (kind === "signed_out") return location.reload();
      if (data !== version) renew();
    },
    opened: () => { lost.hidden = true; },
    lost: () => { lost.hidden = false; },
    refused: () => location.reload(),
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}
