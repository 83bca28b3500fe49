/* After a refused form: bring the summary (or the conflict) into view and focus it. A link
   to a field focuses the control, also when it is a group. */
const first = document.querySelector("[data-focus]");
first?.focus();

document.addEventListener("click", (event) => {
  const link = event.target.closest?.('.form-errors a[href^="#"]');
  if (!link) return;
  const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!target) return;
  event.preventDefault();
  target.focus();
  target.scrollIntoView({ block: "center" });
});
