/* What every page does a little better with JavaScript; each of them works without it. */

/** Fill in the reader's time zone: forms that ask for it have an empty hidden field. */
function fillTimezones(root) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const input of root.querySelectorAll('input[type="hidden"][name="timezone"]')) {
    input.value ||= zone ?? "";
  }
}

fillTimezones(document);

/* The first field with an error gets the focus, however far down the page it is. */
if (document.activeElement === document.body) {
  document.querySelector(".field--wrong :is(input:not([type=hidden]), select, textarea)")?.focus();
}

/* Colours and text size change without a new page: nothing typed is lost, and the page does not scroll. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(".reading-choice")) return;
  event.preventDefault();
  const pressed = event.submitter;
  document.documentElement.setAttribute(`data-${pressed.name}`, pressed.value);
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", button === pressed);
  const choice = { method: "POST", body: new FormData(form, pressed), redirect: "manual", keepalive: true };
  fetch(form.action, choice).catch(() => {}); // offline it applies to this page only
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
  if (!"?/".includes(event.key) || document.body.dataset.letterKeys === "off" || event.isComposing || event.repeat) return;
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
  if (event.key === "?" && !keys) return;
  if (keys?.open && event.key === "?") keys.close();
  else if (document.querySelector("dialog[open]")) return;
  else if (event.key === "?") showKeys(event);
  else {
    event.preventDefault();
    const field = document.querySelector(".search input");
    if (field) field.focus();
    else location.assign("/search");
  }
});

/* An area of a picture presses the button with its number. */
document.addEventListener("click", (event) => {
  const area = event.target.closest("[data-presses]");
  area?.closest("form")?.querySelector(`[data-key="${area.dataset.presses}"]`)?.click();
});
