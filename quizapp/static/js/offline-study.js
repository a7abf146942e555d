/* Studying offline: asks the questions kept here, one by one, and keeps the answers (offline.js sends them).
   What is right is looked up where one field decides it; everything else is graded by the server, later. */

const PACK = "/review/offline";
const ANSWER = "quizapp:answer:";
const OWN_FIELDS = ["client_id", "seen", "question", "handed_out", "ms", "confidence"]; // which answer nothing

const read = (key, otherwise) => JSON.parse(localStorage.getItem(key) ?? otherwise);
const texts = JSON.parse(document.getElementById("texts").dataset.texts); // templates/_texts.html
const review = () => document.getElementById("review");
const learner = localStorage.getItem("quizapp:learner");

let questions = []; // still to be asked
let asked = null; // the question on the screen, also once it is answered
let isAnswered = false; // what is asked
let total = 0;
let end = "empty"; // what is shown when there is none left

async function load() {
  const kept = await window.caches?.match(PACK).then((response) => response?.json());
  if (!kept || kept.learner !== learner) return;
  document.documentElement.dataset.theme = kept.theme;
  document.documentElement.dataset.textSize = kept.text_size;
  document.body.dataset.letterKeys = kept.letter_keys ? "on" : "off";
  const done = new Set(read("quizapp:done", "[]"));
  questions = kept.questions.filter((one) => !done.has(`${one.fact}:${one.seen}`));
  total = questions.length;
  if (kept.questions.length) end = "done";
  return kept.questions;
}

/** Put something in the place of what was on the screen, as htmx does online. */
function show(part) {
  review().replaceWith(part);
  document.dispatchEvent(new Event("htmx:after:swap"));
}

const drawn = (html) => document.createRange().createContextualFragment(html).querySelector("#review");
const copy = (name) => document.querySelector(`template[${name}]`).content.cloneNode(true);

function next() {
  const share = document.getElementById("share");
  const left = questions.length;
  total = Math.max(total, left);
  share.hidden = !total;
  share.querySelector("progress").value = total ? 1 - left / total : 0;
  share.querySelector("span").textContent = texts.progress.replace("{done}", total - left).replace("{left}", left);
  asked = questions.shift();
  isAnswered = false;
  show(asked ? drawn(asked.html) : copy(`data-state=${end}`));
}

/** What an answer shows to have been: right or wrong where one field decides it, else open. */
function verdict(question, fields) {
  if ("give-up" in fields) return "unanswered";
  if (question.right === null) return "open";
  return fields.picked === question.right ? "right" : "wrong";
}

function showAnswered(question, fields) {
  isAnswered = true;
  const part = drawn(question.answered);
  const is = verdict(question, fields);
  part.querySelector("#verdict").replaceWith(copy(`data-verdict=${is}`));
  for (const element of part.querySelectorAll("[data-when]")) {
    const [name, value] = element.dataset.when.split("=");
    element.hidden = is === "unanswered" || (fields[name] ?? "") !== value;
  }
  for (const element of part.querySelectorAll("[data-given]")) {
    element.textContent = is === "unanswered" ? "" : fields[element.dataset.given] ?? "";
  }
  const others = part.querySelector(".choices__others");
  for (const option of part.querySelectorAll(".choice--other")) {
    if (!option.querySelector("[data-when]:not([hidden])")) others.lastElementChild.append(option);
  }
  if (others) others.hidden = !others.querySelector(".choice");
  const source = part.querySelector(".source");
  if (source) source.open = is !== "right";
  show(part);
}

/** Ask once whether an empty answer is meant. Whether another can be read, only the server knows. */
function asksAgain(form, fields) {
  const note = form.querySelector("[data-empty]");
  const isEmpty = Object.entries(fields).every(([name, value]) => OWN_FIELDS.includes(name) || !value.trim());
  if (!note?.hidden || !isEmpty) return false;
  note.hidden = false;
  const field = form.querySelector("[autofocus]");
  field?.setAttribute("aria-describedby", [note.id, field.getAttribute("aria-describedby")].filter(Boolean).join(" "));
  field?.focus();
  delete review().dataset.sent;
  return true;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("#review .answer")) return;
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(form, event.submitter));
  if (asksAgain(form, fields)) return;
  const detail = { form, submitter: event.submitter };
  const isKept = document.dispatchEvent(new CustomEvent("quizapp:answer", { detail, cancelable: true }));
  if (!isKept) delete review().dataset.sent; // it stays on the screen
  else if (asked.self_graded) next();
  else showAnswered(asked, fields);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("button.continue")) next();
  if (event.target.closest("#undo button")) document.dispatchEvent(new Event("quizapp:undo"));
});

/* An answer was taken back: its question comes before those that are still to be asked. */
document.addEventListener("quizapp:undone", ({ detail: answer }) => {
  if (!answer) return; // it has been sent meanwhile
  const question = find(answer);
  if (asked && !isAnswered) questions.unshift(asked);
  if (question) questions.unshift(question);
  next();
});

document.addEventListener("quizapp:line", ({ detail: up }) => {
  if (up && location.pathname.startsWith("/attempts/")) location.reload(); // a quiz was opened: it is there again
  for (const part of document.querySelectorAll("[data-line]")) part.hidden = (part.dataset.line === "up") !== up;
});

// What waits, and what was refused

function kept() {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(ANSWER)).sort();
  return keys.map((key) => ({ key, ...read(key) })).filter((one) => one.learner === learner);
}

function count() {
  const waiting = kept().filter((one) => !one.refused).length;
  const status = document.getElementById("waiting");
  status.textContent = texts.waiting[waiting === 1 ? 0 : 1].replace("{n}", waiting);
  status.hidden = !waiting;
  document.getElementById("undo").hidden = !kept().some((one) => !one.refused && one.fact);
  const refused = kept().filter((one) => one.refused);
  const part = document.getElementById("refused");
  part.hidden = !refused.length;
  part.querySelector("ul").replaceChildren(...refused.map(listed));
  part.querySelector("a").href = `data:application/json,${encodeURIComponent(JSON.stringify(refused, null, 2))}`;
}

function listed({ at, fields, refused }) {
  const item = document.createElement("li");
  const given = Object.entries(fields).filter(([name]) => name !== "confidence").map(([, value]) => value).join(", ");
  item.textContent = `${new Date(at).toLocaleString()}: “\u2068${given}\u2069”. ${refused}`;
  return item;
}

document.querySelector("#refused button").addEventListener("click", () => {
  for (const { key } of kept().filter((one) => one.refused)) localStorage.removeItem(key);
  count();
  review().querySelector("h1").focus();
});

document.addEventListener("quizapp:waiting", count);

const all = await load();
const find = (answer) => all?.find((one) => ["fact", "question", "seen"].every((name) => one[name] === answer[name]));
count();
// An answer given as the connection broke on the page before: its feedback is still to be shown.
const unseen = kept().findLast((one) => !one.shown && !one.refused);
if (unseen) {
  const { key, ...answer } = unseen;
  try { localStorage.setItem(key, JSON.stringify({ ...answer, shown: true })); } catch { /* no room: it is shown again */ }
  asked = find(answer);
  if (!asked) show(copy("data-state=unknown"));
  else if (asked.self_graded) next();
  else showAnswered(asked, answer.fields);
} else next();
