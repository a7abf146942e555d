/* An attempt: how much time is left, and nothing typed is lost, neither on the way to another question nor without a
   connection. It works without. */

const GIVE_UP = 10_000; // ms until a request counts as lost; what reached the server in time is accepted for as long
const TRY_AGAIN = 5_000; // ms

if (window.htmx) {
  window.htmx.config.history = "reload"; // Back shows a question as it stands now, on its own page
  window.htmx.config.defaultTimeout = GIVE_UP;
}

const review = () => document.getElementById("review");
const answer = () => document.querySelector("#review form.answer");
const ends = new WeakMap(); // when the time is up, by the element that shows it
let leaving = false;

/* What a form held when it came on the screen tells whether anything in it is worth saving. */
const ownFields = ["csrf_token", "ms", "to", "seen", "confidence"];
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

/* Before review.js and htmx: on the way to another question, what was typed is saved first. */
window.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-to]");
  const form = answer();
  if (!link || !form?.elements.to || !isTouched(form) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  form.elements.to.value = link.dataset.to;
  form.requestSubmit();
}, true);

// Time

const fill = (text, number) => text.replace("{number}", number);

/** Send what is on the screen, then see the result. Sent too late or not at all, the rest is handed in all the same. */
function timeIsUp(shown) {
  const form = answer();
  shown.textContent = shown.dataset.up;
  if (isTouched(form)) form.requestSubmit();
  else if (!leaving) {
    leaving = true;
    if (review()) review().inert = true;
    whenConnected(shown.dataset.upOffline, () => location.assign(shown.dataset.over), true);
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
  const { minutesLeft, secondsLeft } = shown.dataset;
  const words = left > 60 ? fill(minutesLeft, Math.ceil(left / 60)) : fill(secondsLeft, left);
  if (shown.textContent !== words) shown.textContent = words;
  for (const minutes of [5, 1]) {
    if (left <= 60 * minutes && Number(shown.dataset.left ?? 0) > 60 * minutes) {
      const { oneMinute, fiveMinutes } = shown.dataset;
      document.getElementById("countdown-status").textContent = minutes === 1 ? oneMinute : fiveMinutes;
    }
  }
  shown.dataset.left = left;
}

// Without a connection: offline.js keeps the answers and sends them when it is back

const head = document.querySelector(".attempt-head"); // has the texts
const notice = Object.assign(document.createElement("p"), { className: "notice" });
let following = null; // what to do once there is a connection and everything is sent
let pressedAt = 0; // ms, by the server's clock
const loaded = { now: performance.now(), date: Date.now() };
loaded.after = loaded.now - (performance.getEntriesByType("navigation")[0]?.responseStart ?? loaded.now); // ms

function say(text) {
  for (const old of document.querySelectorAll("#main > .notices > .notice--good")) old.remove();
  if (notice.textContent !== text) notice.textContent = text;
  if (!notice.isConnected) document.querySelector("#main > .notices")?.append(notice);
}

/** Gives false if what was told could not be done. */
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`quizapp:${name}`, { detail, cancelable: true }));

/** Do something that needs a connection: at once if there is one, else say so and do it when it is back. The text may
    say that answers are kept until then. */
function whenConnected(text, action, keepsAnswers = false) {
  following = { text, action, keepsAnswers };
  tell("send");
}

/** The server's time, ms: when it sent this page, and what has passed since. The clock of this device may have been set
    back since then, and `performance.now` stops in some browsers while the device sleeps. */
function serverTime() {
  const passed = Math.max(performance.now() - loaded.now, Date.now() - loaded.date);
  return Date.parse(head.dataset.now) + loaded.after + passed;
}

/** Keep an answer that could not be sent, as given when its button was pressed. Gives false if there is no room. */
function keep(form, { csrf_token, to, seen, ms, ...fields }) {
  const [, attempt, position] = /^\/attempts\/(\d+)\/(\d+)$/.exec(new URL(form.action).pathname).map(Number);
  const at = new Date(pressedAt).toISOString();
  const id = [...crypto.getRandomValues(new Uint8Array(18))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const answer = { id, at, attempt, position, seen: seen || null, ms: Number(ms) || null, fields, shown: true };
  if (!tell("keep", answer)) return false;
  remember();
  return true;
}

/** Where an answer would have led: to the question asked for or the next one, or to the feedback on it. */
function afterAnswer(form) {
  const { to } = form.elements;
  if (!to) return form.action;
  const position = to.value || Number(form.action.split("/").at(-1)) + 1;
  to.value = "";
  return document.querySelector(`a[data-to="${position}"]`).href;
}

function lost({ request, sourceElement }) {
  const { notSent, notOpened } = head.dataset;
  const isKept = following?.keepsAnswers;
  delete review()?.dataset.sent;
  if (request.method === "POST") {
    if (keep(sourceElement, Object.fromEntries(request.body))) goOn(notSent, afterAnswer(sourceElement), true);
  } else goOn(isKept ? notSent : notOpened, sourceElement.href, isKept);
}

function goOn(text, address, keepsAnswers) {
  say(text);
  whenConnected(text, () => location.assign(address), keepsAnswers);
}

const isOurs = ({ sourceElement }) => sourceElement.matches("#review form.answer, #review a[href]");

document.addEventListener("htmx:error", (event) => {
  const { ctx } = event.detail;
  if (!ctx?.request || !isOurs(ctx)) return;
  event.stopImmediatePropagation();
  lost(ctx);
}, true);

/* The server is being restarted, or a proxy in front of it cannot reach it. */
document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (![502, 503, 504].includes(ctx.response.status) || !isOurs(ctx)) return;
  event.preventDefault();
  lost(ctx);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form === answer()) pressedAt = serverTime();
  if (!form.action.endsWith("/hand-in")) return;
  event.preventDefault();
  whenConnected(head.dataset.notHandedIn, () => form.submit());
}, true);

document.addEventListener("quizapp:settled", (event) => {
  const { results, up, waiting } = event.detail;
  if (!up) {
    if (following) say(following.text);
    return;
  }
  notice.remove(); // if answers still wait, another notice says why
  if (waiting) return;
  const form = answer();
  const isHere = results.some((one) => form?.action.endsWith(`/attempts/${one.attempt}/${one.position}`));
  const next = following?.action ?? (isHere ? () => location.reload() : null);
  following = null;
  if (!next || isTouched(form)) return;
  event.preventDefault();
  next();
});

addEventListener("online", () => { if (following) tell("send"); });
setInterval(() => { if (following) tell("send"); }, TRY_AGAIN);

remember();
document.addEventListener("htmx:after:swap", remember);
tick();
setInterval(tick, 1000);
