// While a file is read or imported, the page shows that it works, and the form cannot be sent twice.
const forms = [...document.querySelectorAll("form")].filter((form) => form.querySelector("[data-working]"));

for (const form of forms) {
  form.addEventListener("submit", (event) => {
    const all = [...form.querySelectorAll("[data-working]")];
    if (all.some((working) => !working.hidden)) event.preventDefault();
    const sent = event.submitter?.closest("[data-sends]") ?? form;
    sent.querySelector("[data-working]").hidden = false;
  });
}

// The browser's Back button shows the page as it was left.
addEventListener("pageshow", () => {
  for (const working of document.querySelectorAll("[data-working]")) working.hidden = true;
});
