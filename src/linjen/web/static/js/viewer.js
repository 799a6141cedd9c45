// Zooming and turning a picture in its box. Without this script the picture fits its box and opens in full size by a link.
const MOST = 8;
const STEP = 1.5;

function start(view) {
  const stage = view.firstElementChild;
  const img = stage.querySelector("img");
  let scale = 1;
  let turned = 0;

  // The stage is as large as the turned picture, so that the box can be scrolled to every edge of it.
  function draw() {
    const lies = turned % 180 !== 0;
    const [wide, high] = lies ? [img.naturalHeight, img.naturalWidth] : [img.naturalWidth, img.naturalHeight];
    const fit = Math.min(1, view.clientWidth / wide, view.clientHeight / high) * scale;
    stage.classList.add("lj-stage-set");
    Object.assign(stage.style, { width: `${wide * fit}px`, height: `${high * fit}px` });
    img.style.width = `${img.naturalWidth * fit}px`;
    img.style.transform = `translate(-50%, -50%) rotate(${turned}deg)`;
  }

  // What was in the middle of the box stays there.
  function zoom(by) {
    const x = (view.scrollLeft + view.clientWidth / 2) / view.scrollWidth;
    const y = (view.scrollTop + view.clientHeight / 2) / view.scrollHeight;
    scale = Math.min(MOST, Math.max(1, scale * by));
    draw();
    view.scrollLeft = x * view.scrollWidth - view.clientWidth / 2;
    view.scrollTop = y * view.scrollHeight - view.clientHeight / 2;
  }

  const tools = {
    zoom_in: () => zoom(STEP),
    zoom_out: () => zoom(1 / STEP),
    turn: () => { turned = (turned + 90) % 360; draw(); },
    reset: () => { scale = 1; turned = 0; draw(); },
  };
  const keys = { "+": tools.zoom_in, "-": tools.zoom_out, r: tools.turn, R: tools.turn, 0: tools.reset };
  view.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  const bar = view.closest("section");
  for (const button of bar.querySelectorAll("[data-tool]")) button.addEventListener("click", tools[button.dataset.tool]);
  const ready = () => { draw(); addEventListener("resize", draw); };
  if (img.complete && img.naturalWidth) ready();
  else img.addEventListener("load", ready, { once: true });
}

for (const part of document.querySelectorAll("[data-tools]")) part.hidden = false;
document.querySelectorAll("[data-viewer]").forEach(start);
