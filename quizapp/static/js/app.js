/* What every page does a little better with JavaScript; each of them works without it. */

/** Tell the server where the reader's days begin: forms that ask for a time zone have an empty hidden field for it. */
function fillTimezones(root) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const input of root.querySelectorAll('input[type="hidden"][name="timezone"]')) {
    input.value ||= zone ?? "";
  }
}

fillTimezones(document);

/* A form that came back with something wrong is gone on with there, however far down that is. */
if (document.activeElement === document.body) {
  document.querySelector(".field--wrong :is(input:not([type=hidden]), select, textarea)")?.focus();
}

/* The colours and the size of type change where the reader is: nothing typed is lost, nothing scrolls away. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(".reading-choice")) return;
  event.preventDefault();
  const pressed = event.submitter;
  document.documentElement.setAttribute(`data-${pressed.name}`, pressed.value);
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", button === pressed);
  const choice = { method: "POST", body: new FormData(form, pressed), redirect: "manual", keepalive: true };
  fetch(form.action, choice).catch(() => {}); // without a connection it holds for this page
});

/* What the keys do, over any page. The dialog gives the focus back to where it was. */
const keys = document.getElementById("keys");

function showKeys(event) {
  event.preventDefault();
  keys.showModal();
  keys.querySelector("button").focus();
}

document.addEventListener("click", (event) => {
  if (keys && event.target.closest(".keys-link")) showKeys(event);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || !keys || document.body.dataset.letterKeys === "off" || event.isComposing || event.repeat) return;
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
  if (keys.open) keys.close();
  else if (!document.querySelector("dialog[open]")) showKeys(event);
});

/* An area of a picture presses the button with its number. */
document.addEventListener("click", (event) => {
  const area = event.target.closest("[data-presses]");
  area?.closest("form")?.querySelector(`[data-key="${area.dataset.presses}"]`)?.click();
});
