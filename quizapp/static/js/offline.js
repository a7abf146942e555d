/* Times offline. Every page a learner opens keeps today's questions (offline-study.js asks them), and answers
   that do not reach the server, in daily review or in an attempt (attempts.js), wait in localStorage, each under a key
   of its own, until they can be sent: once, in order. All of it is bound to the learner's mark, so that nobody sends or
   sees another's. Where a browser has no service worker (plain http on a home network) there are no questions offline,
   but answers in attempts are kept all the same. */

const ANSWER = "quizapp:answer:";
const LEARNER = "quizapp:learner"; // whose questions are kept here
const DONE = "quizapp:done"; // what was answered since they were: "fact:seen"
const PACKED = "quizapp:packed"; // when they were fetched, ms
const NOTICES = "quizapp:notices"; // shown after a reload
const FULL = "quizapp:full"; // there was no room for questions; said once in a tab
const PACK = "/review/offline"; // in the cache too
const PICTURES = /\/pictures\/[0-9a-f]{64}/g;
const FRESH = 5 * 60_000; // ms
const ATTEMPTS = "/attempts/offline"; // where answers to questions of attempts are sent
const AT_ONCE = { [ATTEMPTS]: 5, [PACK]: 25 }; // answers in one request; essays are long
const DAY = 24 * 60 * 60; // seconds

const store = (() => { try { return window.localStorage; } catch { return null; } })();
const studying = document.body.classList.contains("offline");
// Empty when nobody is logged in; undefined on a page that cannot know, such as one about an error.
const mark = studying ? store?.getItem(LEARNER) : document.querySelector('meta[name="learner"]')?.content;
const active = Boolean(store && mark);
const workers = navigator.serviceWorker;

const texts = JSON.parse(document.getElementById("texts").dataset.texts); // templates/_texts.html
const counted = (name, n) => texts[name][n === 1 ? 0 : 1].replace("{n}", n);
/** Dispatch an event; gives false if the page does something about it. */
const event = (name, detail) => document.dispatchEvent(new CustomEvent(`quizapp:${name}`, { detail, cancelable: true }));

// What waits

const keys = () => Object.keys(store ?? {}).filter((key) => key.startsWith(ANSWER)).sort();

/** Answers to be sent, the oldest first. */
function waiting() {
  const all = keys().map((key) => ({ key, ...JSON.parse(store.getItem(key)) }));
  return all.filter((one) => !one.refused && (one.learner === mark || mark === ""));
}

/** Store something; gives false if there is no room, or the browser does not allow it. */
function put(storage, key, value) {
  try { storage.setItem(key, value); } catch { return false; }
  return true;
}

/** Keep an answer; if that is impossible, say so and give false: it must stay on the screen. */
function keep(answer) {
  const place = String(1 + Number(keys().at(-1)?.split(":")[2] ?? 0)).padStart(9, "0");
  if (!active || !put(store, `${ANSWER}${place}:${answer.id}`, JSON.stringify({ ...answer, learner: mark }))) {
    showNotice(texts.notKept, "bad");
    return false;
  }
  noteAttempts();
  event("waiting");
  return true;
}

/** Take back the last answer of daily review that waits, so that its question can be asked again. */
function takeBack() {
  const last = waiting().filter((one) => !one.attempt).at(-1);
  if (last) {
    store.removeItem(last.key);
    notDone(last);
    event("waiting");
  }
  event("undone", last);
  if (last) showNotice(texts.undone);
}

/** Let the server know which attempts have answers here: it shows no right answers of theirs before they arrived. */
function noteAttempts() {
  const attempts = [...new Set(waiting().map((one) => one.attempt).filter(Boolean))].slice(-50);
  document.cookie = `quizapp_waiting=${attempts.join(".")}; path=/; samesite=lax; max-age=${attempts.length ? DAY : 0}`;
}

/** Not to be asked again from what is kept here. */
function done({ fact, seen }) {
  const all = JSON.parse(store.getItem(DONE) ?? "[]");
  put(store, DONE, JSON.stringify([...all.slice(-300), `${fact}:${seen}`]));
}

function notDone({ fact, seen }) {
  const all = JSON.parse(store.getItem(DONE) ?? "[]");
  put(store, DONE, JSON.stringify(all.filter((one) => one !== `${fact}:${seen}`)));
}

/** An answer as it waits, from an answer form's address and what it sends; none for a form of another kind. */
function answerOf(action, { csrf_token, client_id, seen, question, handed_out, ms, ...fields }) {
  const fact = /^\/review\/(\d+)$/.exec(new URL(action, location.href).pathname)?.[1];
  const at = new Date().toISOString();
  return fact && { id: client_id, at, fact: +fact, question: +question, seen: +seen, handed_out, ms: +ms || null, fields };
}

// Notices

function showNotice(text, kind = "good", link = null) {
  const notice = document.createElement("p");
  notice.className = `notice notice--${kind}`;
  notice.append(text);
  if (link) notice.append(" ", Object.assign(document.createElement("a"), link));
  const said = document.querySelector(".notices");
  if (![...said?.children ?? []].some((one) => one.textContent === notice.textContent)) said?.append(notice);
}

/** Nobody is logged in, or somebody else. */
function logIn(n) {
  const back = location.pathname === "/login" ? "" : `?next=${encodeURIComponent(location.pathname)}`;
  showNotice(counted("unsent", n), "bad", { href: `/login${back}`, textContent: counted("logIn", n) });
}

/** Say what became of answers; a page that was drawn before they arrived is loaded again. */
function report(results) {
  const said = describe(results);
  const leaves = !event("settled", { results, up, waiting: waiting().length });
  const asked = document.querySelector("#review .answer")?.action.split("?")[0];
  const isOld = location.pathname === "/today" || results.some((one) => one.fact && asked?.endsWith(`/review/${one.fact}`));
  const reloads = !studying && results.length > 0 && isOld;
  if (leaves || reloads) put(sessionStorage, NOTICES, JSON.stringify(said));
  else for (const one of said) showNotice(...one);
  if (reloads) location.reload();
  else if (results.length) pack(true);
}

function describe(results) {
  const refused = results.filter((one) => one.reason).length;
  const added = results.filter((one) => one.status === "added").length;
  const late = results.filter((one) => one.status === "late").length;
  const said = [];
  const arrived = [["sent", results.length - refused], ["elsewhere", added], ["late", late]];
  const good = arrived.filter(([, n]) => n).map(([name, n]) => counted(name, n)).join(" ");
  if (good) said.push([good]);
  if (refused) said.push([counted("refused", refused), "bad", { href: "/offline", textContent: texts.why }]);
  return said;
}

// Sending

let sending = null;
let up = true; // whether the server could be reached the last time

/** Send what waits, if there is a connection, one tab at a time; if `asked`, see whether there is one in any case.
    Gives what became of each. */
async function send(asked = studying) {
  if (!active) return [];
  if (!navigator.onLine) up = false;
  if (!navigator.onLine || !(asked || waiting().length)) return [];
  sending ??= alone(sendAll).finally(() => { sending = null; });
  return sending;
}

/** Do something with the answers that wait while no tab sends them. */
const alone = async (job) => (navigator.locks ? navigator.locks.request("quizapp-answers", job) : job());

async function sendAll() {
  const results = [];
  try {
    const { learner, csrf } = await (await fetch(`${PACK}/token`)).json();
    up = true;
    event("line", up);
    const all = waiting(); // another tab may have sent them meanwhile
    if (learner !== mark && all.length) logIn(all.length);
    if (learner === mark) for (const address of [ATTEMPTS, PACK]) await sendTo(address, csrf, results);
  } catch {
    up = false;
    event("line", up);
  }
  return results;
}

const addressOf = ({ attempt }) => (attempt ? ATTEMPTS : PACK);

async function sendTo(address, csrf, results) {
  let settled;
  do {
    const some = waiting().filter((one) => addressOf(one) === address).slice(0, AT_ONCE[address]);
    settled = some.length ? await sendSome(address, csrf, some) : [];
    results.push(...settled);
  } while (settled.length);
}

async function sendSome(address, csrf, some) {
  const body = JSON.stringify({ learner: mark, answers: some.map(({ key, learner, shown, ...answer }) => answer) });
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf };
  const response = await fetch(address, { method: "POST", headers, redirect: "manual", body });
  if (response.status >= 500) throw new Error(`answered ${response.status}`);
  return response.ok ? settle(some, (await response.json()).answers) : [];
}

/** Remove answers that have arrived; those that the server refuses stay, with the reason. */
function settle(some, outcomes) {
  const settled = outcomes.filter((outcome) => outcome.status !== "later");
  for (const outcome of settled) {
    const { key, ...answer } = some.find((one) => one.id === outcome.id);
    Object.assign(outcome, { fact: answer.fact, attempt: answer.attempt, position: answer.position });
    if (outcome.reason) put(store, key, JSON.stringify({ ...answer, refused: outcome.reason }));
    else store.removeItem(key);
  }
  noteAttempts();
  event("waiting");
  return settled;
}

const flush = (asked) => { if (!sending) send(asked).then(report); };

// What is kept for later

const leaving = new AbortController(); // aborted by logging out
let packing = Promise.resolve();

/** Fetch today's questions, unless they were just now. */
async function pack(again) {
  if (!active || !workers || !navigator.onLine || sessionStorage.getItem(FULL)) return;
  if (!again && Date.now() - store.getItem(PACKED) < FRESH) return;
  packing = keepQuestions().catch(sayIfFull);
  await packing;
}

/** Whether offline after all or without room, the questions kept before stay. */
function sayIfFull({ name }) {
  if (name !== "QuotaExceededError") return;
  put(sessionStorage, FULL, "1");
  showNotice(texts.noRoom, "bad");
}

async function keepQuestions() {
  const response = await fetch(PACK, { redirect: "manual", signal: leaving.signal });
  if (!response.ok || store.getItem(LEARNER) !== mark) return; // another tab has logged out meanwhile
  const cache = await caches.open("quizapp-questions");
  const pictures = new Set((await response.clone().text()).match(PICTURES));
  await cache.put(PACK, response);
  store.setItem(PACKED, Date.now());
  await keepPictures(cache, pictures);
}

/** Keep the pictures of the questions that are kept, and no others. */
async function keepPictures(cache, pictures) {
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url);
    if (pathname !== PACK && !pictures.delete(pathname)) await cache.delete(url);
  }
  await cache.addAll(pictures);
}

const whenIdle = window.requestIdleCallback ?? ((job) => setTimeout(job, 1000));

/** Fetch today's questions in a moment, but not while those that are kept are asked. */
function packSoon() {
  const again = document.querySelector("#review.summary") !== null;
  if (!studying) whenIdle(() => pack(again), { timeout: 2000 }); // a page in the background is hardly ever idle
}

/** Remove the questions of the learner before. */
async function change() {
  if ((store.getItem(LEARNER) ?? "") === mark) return;
  for (const key of [LEARNER, PACKED, DONE]) store.removeItem(key);
  if (mark && !put(store, LEARNER, mark)) sayIfFull({ name: "QuotaExceededError" });
  await window.caches?.delete("quizapp-questions");
}

/** Log-out leaves nothing. */
async function forget() {
  leaving.abort();
  await packing; // or it would keep questions after all else is removed
  for (const key of Object.keys(store)) if (key.startsWith("quizapp:")) store.removeItem(key);
  noteAttempts();
  for (const name of (await window.caches?.keys()) ?? []) await caches.delete(name);
}

// What happens on a page

/* On the way down, before htmx reads the form: an answer has one id, however often it is sent. */
document.addEventListener("submit", ({ target: form }) => {
  if (!active || !form.matches('#review .answer[action^="/review/"]') || form.elements.client_id || !crypto.randomUUID) return;
  const id = { type: "hidden", name: "client_id", value: crypto.randomUUID() };
  form.append(Object.assign(document.createElement("input"), id));
}, true);

/** The answer that htmx is sending, if it is one. */
const sent = ({ request }) => request?.method === "POST" && answerOf(request.action, Object.fromEntries(request.body));

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const answer = active && sent(ctx);
  if (answer) done(answer);
});

/* The page asks whether the answer is meant, so it is not recorded yet. */
document.addEventListener("htmx:before:response", ({ detail: { ctx } }) => {
  const answer = active && ctx.response.status === 422 && sent(ctx);
  if (answer) notDone(answer);
});

/* The connection broke while studying: the answer is kept, and unless it can be sent at once, the offline page continues. */
document.addEventListener("htmx:error", async (error) => {
  const { ctx } = error.detail;
  if (!active || !workers?.controller || !ctx?.request || ctx.text !== undefined) return;
  if (!ctx.sourceElement.closest("#review") || !/^\/review(\/|$)/.test(location.pathname)) return;
  const answer = sent(ctx);
  if (ctx.request.method === "POST" && !answer?.id) return;
  if (answer && !keep(answer)) {
    notDone(answer);
    return;
  }
  error.stopImmediatePropagation();
  const selfGraded = document.querySelector("#review[data-self-graded]");
  const session = new URL(ctx.request.action, location.href).search; // what a custom session asks
  const arrived = answer && (await send()).find((one) => one.id === answer.id);
  location.assign(arrived?.review && !selfGraded ? `/review/answers/${arrived.review}${session}` : `/review${session}`);
}, true);

document.addEventListener("quizapp:answer", (given) => {
  const { form, submitter } = given.detail;
  const answer = answerOf(form.action, Object.fromEntries(new FormData(form, submitter)));
  if (!keep({ ...answer, shown: true })) given.preventDefault();
  else {
    done(answer);
    flush();
  }
});

document.addEventListener("quizapp:undo", () => alone(takeBack));

/* An answer in an attempt takes the place of what was kept of the same question before. */
document.addEventListener("quizapp:keep", (given) => {
  const { attempt, position } = given.detail;
  const before = waiting().filter((one) => one.attempt === attempt && one.position === position);
  if (!keep(given.detail)) given.preventDefault();
  else for (const { key } of before) store.removeItem(key);
});

document.addEventListener("quizapp:send", () => flush(true));

/* What waits is sent before the browser forgets everything. */
document.addEventListener("submit", async (submitted) => {
  const form = submitted.target;
  if (!active || submitted.defaultPrevented || new URL(form.action).pathname !== "/logout") return;
  submitted.preventDefault();
  await send();
  const left = keys().length;
  if (left && !confirm(counted("lost", left))) return;
  await forget();
  form.submit();
});

document.addEventListener("htmx:after:swap", packSoon);
document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
// A browser may say so a moment before its first request gets through.
addEventListener("online", () => { flush(); setTimeout(flush, 2_000); });
addEventListener("offline", () => event("line", false));
addEventListener("storage", () => event("waiting"));

if (store && mark !== undefined && !studying) {
  await change();
  for (const one of JSON.parse(sessionStorage.getItem(NOTICES) ?? "[]")) showNotice(...one);
  sessionStorage.removeItem(NOTICES);
  if (mark === "" && waiting().length) logIn(waiting().length);
}
if (studying && !store) showNotice(texts.denied, "bad");
flush();
if (active && !studying) {
  workers?.register("/sw.js").catch(() => {});
  workers?.ready.then((ready) => { if (!workers.controller) ready.active.postMessage("claim"); });
  packSoon();
}
// The network may be there and the server not: no event shows when it is back.
if (studying) setInterval(() => { if (!document.hidden) flush(); }, 30_000);
