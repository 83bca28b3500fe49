/* Leaving a form with typed text asks first. Annuleren means it, so it does not ask. */
import { all } from "./dom.js";

for (const form of all("form[data-guard]")) {
  let dirty = form.querySelector("#fouten, .conflict") !== null;
  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("change", () => { dirty = true; });
  form.addEventListener("submit", () => { dirty = false; });
  all("[data-leave]", form).forEach((link) => link.addEventListener("click", () => { dirty = false; }));
  addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
}
