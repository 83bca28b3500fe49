/* Select all, a range with Shift, and the count in the bulk bar. */
import { all } from "./dom.js";

const bar = document.querySelector("[data-bulk]");
const picks = all("[data-pick]");
const everything = document.querySelector("[data-pick-all]");

if (bar && picks.length) {
  const count = bar.querySelector("[data-bulk-count]");
  const clear = bar.querySelector("[data-bulk-clear]");
  let last = null;

  const update = () => {
    const chosen = picks.filter((box) => box.checked).length;
    count.textContent = chosen ? `${chosen} geselecteerd` : "";
    if (everything) {
      everything.checked = chosen === picks.length;
      everything.indeterminate = chosen > 0 && chosen < picks.length;
    }
  };
  clear.hidden = false;
  clear.addEventListener("click", () => { picks.forEach((box) => { box.checked = false; }); update(); picks[0].focus(); });
  if (everything) {
    everything.closest("[data-pick-all-box]").hidden = false;
    everything.addEventListener("change", () => { picks.forEach((box) => { box.checked = everything.checked; }); update(); });
  }
  for (const box of picks) {
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last && last !== box) {
        const [from, to] = [picks.indexOf(last), picks.indexOf(box)].sort((a, b) => a - b);
        picks.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
      }
      last = box;
      update();
    });
    box.addEventListener("change", update);
  }
  addEventListener("pageshow", update);
  update();
}
