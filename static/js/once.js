/* A second click on Bewaren does nothing: the first one is on its way. */
const busy = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (busy.has(form)) { event.preventDefault(); return; }
  busy.add(form);
  event.submitter?.setAttribute("aria-disabled", "true");
  form.setAttribute("aria-busy", "true");
});

addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) {
    busy.delete(form);
    form.removeAttribute("aria-busy");
  }
  document.querySelectorAll("button[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
});
