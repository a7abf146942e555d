/* Offers to install the app: once, after a finished session, where the browser can do it. The account page says how to
   do it at any time. */

const OFFERED = "quizapp-install-offered"; // stays after logging out
let prompt = null; // the browser's own, kept until then

const store = (() => { try { return window.localStorage; } catch { return null; } })();
const texts = JSON.parse(document.getElementById("texts").dataset.texts).install;

function button(text, className, press) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, className });
  made.addEventListener("click", press);
  return made;
}

function offer() {
  const place = document.querySelector("#main > .notices");
  if (!prompt || !place || !document.querySelector("#review.summary") || !store || store.getItem(OFFERED)) return;
  try { store.setItem(OFFERED, "1"); } catch { return; } // it would be offered again and again
  const notice = Object.assign(document.createElement("div"), { className: "notice cluster" });
  const answered = () => { notice.remove(); document.querySelector("#review h1")?.focus(); };
  notice.append(
    Object.assign(document.createElement("p"), { textContent: texts.text }),
    button(texts.yes, "button button--quiet", () => { prompt.prompt(); answered(); }),
    button(texts.no, "button button--quiet", answered),
  );
  place.append(notice);
}

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault(); // the browser's own offer would come in the middle of a question
  prompt = event;
  offer();
});
document.addEventListener("htmx:after:swap", () => setTimeout(offer)); // when review.js has cleared the notices
