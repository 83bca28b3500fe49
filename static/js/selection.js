/* Select all, a range with Shift, and the count in the bulk bar. What was ticked stays ticked
   while one pages, sorts and searches, until it is used or cleared; "all that is found" as long as
   the same is searched and filtered. */
import { all } from "./dom.js";

const bar = document.querySelector("[data-bulk]");
const picks = all("[data-pick]");
const page = document.querySelector("[data-pick-all]");
const place = (path) => `selectie:${path}`;
const whole = (path) => `alles:${path}`;

// What a list finds is its address without how it is shown; as the server writes it, for a form
// sends its empty fields along.
function found() {
  const asked = new URLSearchParams(bar.querySelector('[name="zoekopdracht"]')?.value ?? location.search);
  for (const name of ["page", "after", "before", "end", "size", "sort", "columns"]) asked.delete(name);
  asked.sort();
  return `?${asked}`;
}

function rememberAll(chosen) {
  try {
    if (chosen) sessionStorage.setItem(whole(location.pathname), found());
    else sessionStorage.removeItem(whole(location.pathname));
  } catch { /* Without storage it is chosen on this page. */ }
}

function allRemembered() {
  try {
    const same = sessionStorage.getItem(whole(location.pathname)) === found();
    if (!same) sessionStorage.removeItem(whole(location.pathname));
    return same;
  } catch { return false; }
}

function remembered() {
  try { return new Set(JSON.parse(sessionStorage.getItem(place(location.pathname)) ?? "[]")); } catch { return new Set(); }
}

function remember(chosen) {
  try {
    if (chosen.size) sessionStorage.setItem(place(location.pathname), JSON.stringify([...chosen]));
    else sessionStorage.removeItem(place(location.pathname));
  } catch { /* Without storage the selection is that of this page. */ }
}

if (bar && picks.length) {
  const count = bar.querySelector("[data-bulk-count]");
  const clear = bar.querySelector("[data-bulk-clear]");
  const elsewhere = bar.querySelector("[data-bulk-elsewhere]");
  const everything = bar.querySelector("[data-pick-everything]");
  const here = new Set(picks.map((box) => box.value));
  let last = null;

  const words = (chosen, away) => {
    if (everything?.checked) return "";
    if (!chosen.size) return "";
    return `${chosen.size} geselecteerd${away ? `, waarvan ${away} op andere pagina’s` : ""}`;
  };

  const update = () => {
    const chosen = remembered();
    for (const box of picks) {
      if (box.checked) chosen.add(box.value);
      else chosen.delete(box.value);
    }
    remember(chosen);
    const away = [...chosen].filter((id) => !here.has(id));
    elsewhere.value = away.join(",");
    bar.toggleAttribute("data-any", chosen.size > 0 || everything?.checked === true);
    count.textContent = words(chosen, away.length);
    if (page) {
      const ticked = picks.filter((box) => box.checked).length;
      page.checked = ticked === picks.length;
      page.indeterminate = ticked > 0 && ticked < picks.length;
    }
  };

  const recall = () => {
    const chosen = remembered();
    for (const box of picks) box.checked = chosen.has(box.value);
    if (everything) everything.checked = allRemembered();
    update();
  };

  // Who picks rows by hand means those, whatever was chosen before.
  const byHand = () => {
    if (everything) everything.checked = false;
    rememberAll(false);
    update();
  };

  clear.hidden = false;
  clear.addEventListener("click", () => {
    remember(new Set());
    rememberAll(false);
    recall();
    picks[0].focus();
  });
  everything?.addEventListener("change", () => { rememberAll(everything.checked); update(); });
  if (page) {
    page.closest("[data-pick-all-box]").hidden = false;
    page.addEventListener("change", () => { picks.forEach((box) => { box.checked = page.checked; }); byHand(); });
  }
  for (const box of picks) {
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last && last !== box) {
        const [from, to] = [picks.indexOf(last), picks.indexOf(box)].sort((a, b) => a - b);
        picks.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
      }
      last = box;
      byHand();
    });
    box.addEventListener("change", byHand);
  }
  addEventListener("pageshow", recall);
  recall();
}

// What was chosen is used up once the step is confirmed; a step back or aside keeps it.
document.addEventListener("submit", (event) => {
  const path = event.target.dataset.chosenDone;
  const step = event.submitter?.name === "stap" ? event.submitter.value : "doen";
  if (path && step === "doen" && event.submitter?.name !== "deel") {
    sessionStorage.removeItem(place(path));
    sessionStorage.removeItem(whole(path));
  }
});
