/* Studying without reaching for the mouse: keys, focus, the time an answer took. Everything works without it. */

const ms = { shown: performance.now() };
const review = () => document.getElementById("review");
const AHEAD = 5 * 60_000; // ms that a question fetched ahead may wait
const PATIENCE = 10_000; // ms after which Continue asks for it again
const TWICE = 500; // ms within which a second click belongs to a double click
const visible = (element) => element.checkVisibility(); // false for what lies in closed details
let shown = review();
let ahead = null; // the next question, on its way while the feedback is read
let undoIsNext = false; // asked for while an answer was on its way, so it means that answer

/** Fetch what the question on the page needs besides, such as a way to drag. */
const equip = () => document.querySelectorAll("[data-script]").forEach((part) => import(part.dataset.script));

/** The address of this session, which says what a custom session asks. */
function sessionAddress() {
  const asked = new URLSearchParams(location.search);
  for (const name of ["fact", "after"]) asked.delete(name);
  return `/review${asked.size ? "?" : ""}${asked}`;
}

/** Press what carries a key, if it can be seen: in the messages of the last request, else in the question. */
function press(key) {
  const target = [...document.querySelectorAll(`main [data-key="${CSS.escape(key)}"]`)].find(visible);
  target?.click();
  return Boolean(target);
}

/** Space and Enter: show the back of the card, then Good; or continue. Enter also checks what was ticked. */
function goOn(key) {
  const part = review();
  const card = part.querySelector(".flashcard");
  const check = part.querySelector(".answer__check");
  if (card && !card.open) card.open = true;
  else if (key === "Enter" && check && part.querySelector(".answer [type=checkbox]:checked")) {
    check.click();
  } else part.querySelector(".rating--good, .continue")?.click();
}

document.addEventListener("keydown", (event) => {
  if (!review() || document.querySelector("dialog[open]")) return;
  if (event.defaultPrevented || event.isComposing || event.repeat || event.altKey || event.metaKey) return;
  const { key, target } = event;
  if (target.closest("input:not([type=checkbox], [type=radio]), textarea, select")) return;
  let done = true;
  if (event.ctrlKey) done = key === "z" && press("u");
  else if (key === " " || key === "Enter") {
    // The element with the focus handles its own keys, except that Space does nothing on a link and Enter nothing on a box.
    const own = key === " " ? "a:not(.continue), button, summary, input" : "a, button, summary";
    if (target.closest(own)) return;
    goOn(key);
  } else done = document.body.dataset.letterKeys === "on" && key.length === 1 && press(key);
  if (done) event.preventDefault();
});

/* "toggle" does not bubble: listen on the way down. The answer is shown, so next it is rated, an essay by its points first. */
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.(".flashcard[open]")) event.target.querySelector("[type=checkbox], .rating--good").focus();
}, true);

/** Send one thing at a time: while it is on its way, a second click sends nothing. Gives what is on its way, if any. */
function oneAtATime(event, what) {
  const part = review();
  const sent = part?.dataset.sent;
  if (sent) {
    event.preventDefault();
    event.stopImmediatePropagation();
  } else if (part) part.dataset.sent = what;
  return sent;
}

/** How long the question has been on the screen, with the time before the page asked whether the answer was meant. */
const time = ({ dataset }) => Math.round(Number(dataset.before ?? 0) + performance.now() - ms.shown);

/* On the way down too, before htmx reads the form. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("main [hx-post]")) return;
  if (form.elements.ms && !review()?.dataset.sent) form.elements.ms.value = time(form.elements.ms);
  const sent = oneAtATime(event, form.matches(".answer") ? "answer" : "change");
  if (sent === "answer" && form.querySelector('[data-key="u"]')) undoIsNext = true;
}, true);

/* The main button is always in the same place: the second click of a double click is not meant for the one that came. */
document.addEventListener("click", (event) => {
  const button = event.target.closest("#review :is(button, summary, .continue)");
  if (!button || event.detail < 2 || performance.now() - ms.shown > TWICE) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

document.addEventListener("click", (event) => {
  if (event.target.closest("main [hx-get]") && !event.ctrlKey && !event.metaKey && !event.shiftKey) oneAtATime(event, "link");
}, true);

// The next question is fetched while the feedback is read. It is shown on Continue, unless something has changed.

function fetchAhead() {
  ahead = null;
  const link = review()?.querySelector("[data-fetch-ahead]");
  if (!link || !navigator.onLine) return;
  const signal = AbortSignal.timeout(PATIENCE);
  const response = fetch(link.href, { headers: { "HX-Request": "true" }, signal }).then(whole);
  ahead = { address: link.href, at: Date.now(), response };
  response.catch(() => { if (ahead?.response === response) ahead = null; });
}

/** The response once all of it is here. */
async function whole(response) {
  if (!response.ok || response.redirected) throw new Error(`answered ${response.status}`);
  return new Response(await response.text(), response);
}

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.target?.id !== "review") return;
  const { address, at, response } = ahead ?? {};
  ahead = null;
  const { method, action } = ctx.request;
  const fits = method === "GET" && new URL(action, location.href).href === address;
  if (fits && navigator.onLine && Date.now() - at < AHEAD) ctx.fetch = () => response.catch(() => fetch(action, ctx.request));
});

document.addEventListener("visibilitychange", () => { if (!document.hidden) fetchAhead(); }); // studied elsewhere meanwhile

/** A question begins at its top. Its feedback takes its place without moving the page, if the prompt is in sight. */
function scrollToPrompt(part) {
  const stays = part.querySelector("#verdict, #doubt:not([hidden])");
  if (!stays || part.querySelector("h1").getBoundingClientRect().top < 0) window.scrollTo(0, 0);
}

document.addEventListener("htmx:after:swap", () => {
  const part = review();
  if (part && part === shown) return; // something else on the page was changed
  shown = part;
  ms.shown = performance.now();
  // Old messages go. New ones are put where screen readers read them out: an element that was there already.
  const said = part?.querySelector(".notices");
  document.querySelector("#main > .notices")?.replaceChildren(...(said?.childNodes ?? []));
  said?.remove();
  equip();
  if (!part) return;
  // A reload should ask what is due, not the fact or show the answer that the page was once opened for.
  const opened = /^\/review\b./.test(location.pathname + location.search);
  if (opened && !part.querySelector("#verdict")) history.replaceState(null, "", sessionAddress());
  (part.querySelector("[autofocus]") ?? part.querySelector("h1")).focus({ preventScroll: true });
  scrollToPrompt(part);
  fetchAhead();
  if (undoIsNext) {
    undoIsNext = false;
    press("u");
  }
});

document.addEventListener("htmx:error", () => {
  undoIsNext = false;
  delete review()?.dataset.sent;
  const notices = document.querySelector(".notices");
  if (notices) {
    const notice = document.createElement("p");
    notice.className = "notice notice--bad";
    notice.textContent = JSON.parse(document.getElementById("texts").dataset.texts).unreached;
    notices.replaceChildren(notice);
  }
});

equip();
fetchAhead();
