// While a file is read or imported, the page shows that it works, and the form cannot be sent twice.
const forms = [...document.querySelectorAll("form")].filter((form) => form.querySelector("[data-working]"));

for (const form of forms) {
  form.addEventListener("submit", (event) => {
    const working = form.querySelector("[data-working]");
    if (!working.hidden) event.preventDefault();
    working.hidden = false;
  });
}

// The browser's Back button shows the page as it was left.
addEventListener("pageshow", () => {
  for (const form of forms) form.querySelector("[data-working]").hidden = true;
});
