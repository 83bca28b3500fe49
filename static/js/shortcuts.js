/* "/" goes to the search field. Esc or a click elsewhere closes an opened filter panel. */
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = document.querySelector("[data-search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
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
