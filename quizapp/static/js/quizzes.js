/* The form for a quiz. It works without. */

/* A quiz is created once, however often the button is pressed. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(".quiz-form")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  delete document.querySelector(".quiz-form")?.dataset.sent;
});
