/* "/" goes to the search field, Ctrl+Enter saves the form one is in. Esc or a click elsewhere closes
   an opened filter panel. */
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = document.querySelector("[data-search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const save = event.target.closest?.("form")?.querySelector("[data-save]");
    if (!save) return;
    event.preventDefault();
    // Leaving the field first, as a click does: what is typed there gets its shape.
    save.focus();
    save.form.requestSubmit(save);
  }
  if (event.key === "Escape") {
    const panel = event.target.closest?.("[data-filters][open]");
    if (!panel) return;
    panel.open = false;
    panel.querySelector("summary").focus();
  }
});

document.addEventListener("pointerdown", (event) => {
  const panel = document.querySelector("[data-filters][open]");
  if (panel && !panel.contains(event.target) && !event.target.closest(".listbox")) panel.open = false;
});
