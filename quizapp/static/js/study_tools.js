/* The tools beside questions and facts, without leaving the page. Everything but reading aloud works without it. */

/* A form that is saved in place: the answer takes the place of the form, or of the part around it. */
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-in-place]")) return;
  event.preventDefault();
  if (form.dataset.sent) return;
  form.dataset.sent = "yes";
  const sent = { method: "POST", body: new FormData(form), headers: { "HX-Request": "true" } };
  const answer = await fetch(form.action, sent).catch(() => null);
  delete form.dataset.sent;
  if (!answer) sayUnreached();
  else if (!answer.ok && answer.status !== 422) form.submit(); // the page says what is wrong
  else replacePart(form.closest("[data-place]") ?? form, await answer.text());
});

function replacePart(part, html) {
  const next = document.createRange().createContextualFragment(html).firstElementChild;
  part.replaceWith(next);
  (next.querySelector("[aria-invalid], summary") ?? next.querySelector("button")).focus();
}

function sayUnreached() {
  const notice = document.createElement("p");
  notice.className = "notice notice--bad";
  notice.textContent = JSON.parse(document.getElementById("texts").dataset.texts).unreached;
  document.querySelector(".notices").replaceChildren(notice);
}

/* Offline, what needs the server is not offered. */
function offerTools() {
  for (const part of document.querySelectorAll("[data-online]")) part.hidden = !navigator.onLine;
}

addEventListener("online", offerTools);
addEventListener("offline", offerTools);

/* A picture is shown large over the page; Escape closes it. */
document.addEventListener("click", (event) => {
  const link = event.target.closest(".enlarge");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const dialog = document.createElement("dialog");
  dialog.className = "enlarged";
  const { src, alt, lang, dir } = link.querySelector("img");
  dialog.setAttribute("aria-label", alt);
  const close = Object.assign(document.createElement("button"), { className: "button", textContent: link.dataset.close });
  dialog.append(Object.assign(document.createElement("img"), { src, alt, lang, dir }), close);
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
});

/* Reading aloud: a button if the reader asked for it, and by itself only if they asked for that. */

/** What is read of the question on the page: pieces of text, each in its language. */
function piecesToRead() {
  const parts = document.querySelectorAll("#review .prompt__text, #review .cloze, #review .choice__text, #review .explanation");
  return [...parts].map((part) => [part.textContent.trim(), part.closest("[lang]").lang]);
}

function read() {
  speechSynthesis.cancel();
  for (const [text, lang] of piecesToRead()) {
    const speech = new SpeechSynthesisUtterance(text);
    speech.lang = lang;
    speechSynthesis.speak(speech);
  }
}

/** Show the button, and begin if every question is to be read. */
function offerReading() {
  offerTools();
  const button = document.querySelector("#review .read-aloud");
  window.speechSynthesis?.cancel();
  if (!button || !window.speechSynthesis) return;
  button.hidden = false; // css/study_tools.css shows it to readers who asked for it
  if (document.documentElement.dataset.readAloud === "always") read();
}

document.addEventListener("click", (event) => {
  if (event.target.closest(".read-aloud")) read();
});
document.addEventListener("htmx:after:swap", offerReading);
addEventListener("pagehide", () => window.speechSynthesis?.cancel());
offerReading();
