/* After a refused form: bring the summary (or the conflict) into view and focus it. A link
   to a field focuses the control, also when it is a group. What is said of a field holds for
   what was sent: once it is changed it is for the next Bewaren to judge. */
import { all, describe } from "./dom.js";

const first = document.querySelector("[data-focus]");
first?.focus();

/* A link from another page to the very field, e.g. of the checklist for closing. */
if (!first && location.hash) {
  const field = document.getElementById(location.hash.slice(1));
  if (field?.matches("input, select, textarea, summary")) field.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.('.form-errors a[href^="#"]');
  if (!link) return;
  const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!target) return;
  event.preventDefault();
  target.focus();
  target.scrollIntoView({ block: "center" });
});

const values = (box) => all("input:not([type=search]), select, textarea", box).map((e) => (e.matches("[type=checkbox], [type=radio]") ? e.checked : e.value)).join("\n");
const wrongAt = (line) => document.getElementById(decodeURIComponent(line.querySelector("a").hash.slice(1)))?.closest(".field-wrong");
const lines = all(".form-errors li:has(a[href^='#'])").filter(wrongAt);

/* Its message keeps its room: what goes must not move the button that is being pressed. */
function follow(box) {
  const error = box.querySelector(".error");
  if (!error) return;
  const described = all(`[aria-describedby~="${error.id}"]`, box);
  const invalid = all('[aria-invalid="true"]', box);
  const sent = values(box);
  const judge = () => {
    const changed = values(box) !== sent;
    box.classList.toggle("field-wrong", !changed);
    error.classList.toggle("error-past", changed);
    described.forEach((control) => describe(control, error.id, !changed));
    invalid.forEach((control) => (changed ? control.removeAttribute("aria-invalid") : control.setAttribute("aria-invalid", "true")));
  };
  box.addEventListener("input", judge);
  box.addEventListener("change", judge);
}

all(".field-wrong").forEach(follow);
if (lines.length) {
  const settle = () => lines.forEach((line) => line.classList.toggle("past", !wrongAt(line)));
  document.addEventListener("input", settle);
  document.addEventListener("change", settle);
}
