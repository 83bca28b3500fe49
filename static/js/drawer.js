/* The drawer is a popover and opens by itself; this puts the focus inside it, closes it on a
   choice, and closes every small menu once one of its lines has been used. */
const menu = document.getElementById("menu");

menu?.addEventListener("toggle", (event) => {
  if (event.newState === "open") menu.querySelector("a[aria-current], .menu-list a")?.focus();
});

document.addEventListener("keydown", (event) => {
  const open = event.target.closest?.(".popmenu");
  if (!open || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  const lines = [...open.querySelectorAll("a, button")];
  const at = lines.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: lines.length - 1 }[event.key];
  event.preventDefault();
  lines[(next + lines.length) % lines.length].focus();
});

document.addEventListener("toggle", (event) => {
  if (event.target.matches?.(".popmenu") && event.newState === "open") event.target.querySelector("a, button")?.focus();
}, { capture: true });
