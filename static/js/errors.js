/* After a refused form: bring the summary (or the conflict) into view and focus it. A link
   to a field focuses the control, also when it is a group. */
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
