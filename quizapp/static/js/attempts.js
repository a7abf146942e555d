/* An attempt: how much time is left, and nothing typed is lost on the way to another question. It works without. */

if (window.htmx) window.htmx.config.history = "reload"; // Back shows a question as it stands now, on its own page

const answer = () => document.querySelector("#review form.answer");
const ends = new WeakMap(); // when the time is up, by the element that shows it
let leaving = false;

/* What a form held when it came on the screen tells whether anything in it is worth saving. */
const ownFields = ["csrf_token", "ms", "to", "confidence"];
const held = new WeakMap();

function contents(form) {
  const fields = [...new FormData(form)].filter(([name]) => !ownFields.includes(name));
  return JSON.stringify(fields.sort());
}

const isTouched = (form) => Boolean(form) && held.get(form) !== contents(form);

function remember() {
  const form = answer();
  if (form) held.set(form, contents(form));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-to]");
  const form = answer();
  if (!link || !form?.elements.to || !isTouched(form) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  form.elements.to.value = link.dataset.to;
  form.requestSubmit();
});

/** Send what is on the screen, then see the result. Sent too late or not at all, the rest is handed in all the same. */
function timeIsUp(shown) {
  const form = answer();
  shown.textContent = "Time is up";
  if (isTouched(form)) form.requestSubmit();
  else if (!leaving) {
    leaving = true;
    location.assign(shown.dataset.over);
  }
}

function tick() {
  const shown = document.getElementById("countdown");
  if (!shown) return;
  if (!ends.has(shown)) ends.set(shown, Date.now() + 1000 * Number(shown.dataset.seconds));
  const left = Math.ceil((ends.get(shown) - Date.now()) / 1000);
  if (left <= 0) {
    timeIsUp(shown);
    return;
  }
  const words = left > 60 ? `${Math.ceil(left / 60)} min left` : `${left} s left`;
  if (shown.textContent !== words) shown.textContent = words;
  for (const minutes of [5, 1]) {
    if (left <= 60 * minutes && Number(shown.dataset.left ?? 0) > 60 * minutes) {
      document.getElementById("countdown-status").textContent = minutes === 1 ? "One minute left" : "Five minutes left";
    }
  }
  shown.dataset.left = left;
}

remember();
document.addEventListener("htmx:after:swap", remember);
tick();
setInterval(tick, 1000);
