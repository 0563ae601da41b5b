// A file that is too large is refused before it is sent; a form that is on its way is not sent twice.
"use strict";

const LARGEST = 20 * 1024 * 1024;
const file = document.getElementById("file");

file?.addEventListener("change", () => {
  const tooLarge = file.files[0] && file.files[0].size > LARGEST;
  file.setCustomValidity(tooLarge ? "20 MiB までのファイルを選んでください。" : "");
  if (tooLarge) file.reportValidity();
});

for (const form of document.querySelectorAll(".ways form")) {
  form.addEventListener("submit", (event) => {
    if (form.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      return;
    }
    form.setAttribute("aria-busy", "true");
    form.querySelector("button").textContent = "読み取っています…";
  });
}

// Back from the next page, the form is as it was.
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
