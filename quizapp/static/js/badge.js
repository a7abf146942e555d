/* The number of due facts on the icon of the installed app, for those who turned it on; nothing is left after log-out. */

function showBadge() {
  const due = document.querySelector("[data-badge]")?.dataset.badge;
  if (due) navigator.setAppBadge(Number(due)).catch(() => {});
}

if (navigator.setAppBadge) {
  showBadge();
  document.addEventListener("htmx:after:swap", showBadge);
  document.addEventListener("submit", ({ target: form }) => {
    if (new URL(form.action).pathname === "/logout") navigator.clearAppBadge().catch(() => {});
  });
}
