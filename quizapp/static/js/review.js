/* Studying without reaching for the mouse: keys, focus, the time an answer took. Everything works without it. */

const ms = { shown: performance.now() };
const review = () => document.getElementById("review");
const visible = (element) => element?.checkVisibility(); // false for what lies in closed details

/** Press what carries a key in this question, if it can be seen. */
function press(key) {
  const target = review().querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!visible(target)) return false;
  target.click();
  return true;
}

/** Space and Enter: show the back of the card, then Good; or continue. */
function goOn() {
  const card = review().querySelector(".flashcard");
  if (card && !card.open) card.open = true;
  else (review().querySelector(".rating--good") ?? review().querySelector(".continue"))?.click();
}

function showKeys() {
  const help = review().querySelector(".keys-help");
  if (help) {
    help.open = !help.open;
    help.querySelector("summary").focus();
  }
}

document.addEventListener("keydown", (event) => {
  if (!review() || event.defaultPrevented || event.isComposing || event.repeat || event.altKey || event.metaKey) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  let done = true;
  if (event.ctrlKey) done = event.key === "z" && press("u");
  else if (event.key === " " || event.key === "Enter") {
    // What has the focus answers for itself, except that Space means nothing to a link.
    if (event.target.closest(`a${event.key === " " ? ":not(.continue)" : ""}, button, summary, input`)) return;
    goOn();
  } else if (document.body.dataset.letterKeys !== "on") return;
  else if (event.key === "?") showKeys();
  else done = event.key.length === 1 && press(event.key);
  if (done) event.preventDefault();
});

/* "toggle" does not bubble: listen on the way down. The answer is shown, so the next press should rate it. */
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.(".flashcard[open]")) event.target.querySelector(".rating--good").focus();
}, true);

/* On the way down too, before htmx reads the form. A second click on an answer that is on its way does nothing. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(".answer")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sent = "yes";
  form.elements.ms.value = Math.round(performance.now() - ms.shown);
}, true);

document.addEventListener("htmx:after:swap", () => {
  ms.shown = performance.now();
  document.querySelector("#main > .notices")?.replaceChildren(); // said about what was there before
  const part = review();
  if (!part) return;
  (part.querySelector("[autofocus]") ?? part.querySelector("h1")).focus({ preventScroll: true });
  window.scrollTo(0, 0); // a verdict, and then a question, are read from their beginning
});

document.addEventListener("htmx:error", () => {
  const form = review()?.querySelector(".answer");
  const notices = document.querySelector(".notices");
  if (form) delete form.dataset.sent;
  if (notices) {
    const notice = document.createElement("p");
    notice.className = "notice notice--bad";
    notice.textContent = "That did not reach the server. Nothing is lost: try again when you are connected.";
    notices.replaceChildren(notice);
  }
});
