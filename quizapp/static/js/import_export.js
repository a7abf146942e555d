// While a file is read or imported: something moves, and the button is not pressed twice.
const forms = [...document.querySelectorAll("form")].filter((form) => form.querySelector("[data-working]"));

for (const form of forms) {
  form.addEventListener("submit", (event) => {
    const working = form.querySelector("[data-working]");
    if (!working.hidden) event.preventDefault();
    working.hidden = false;
  });
}

// Back brings the page as it was left.
addEventListener("pageshow", () => {
  for (const form of forms) form.querySelector("[data-working]").hidden = true;
});
