/* Change a cell in place: one with data-edit, in a table with data-edit-url. Its row has
   data-edit-row and -label, its column data-column and data-kind; a column with choices carries
   a <template data-choices>. Enter saves, Esc cancels, errors stay at the cell with what was
   typed. The answer may be JSON {"tekst": …, "naam": …}: what the cell shows now, and what its
   row is called. */
import { all, make, toast, token } from "./dom.js";

const said = (text) => (text.trim().startsWith("<") ? "" : text.trim());

async function reason(answer) {
  const body = await answer.text();
  try { return JSON.parse(body).fout ?? ""; } catch { return said(body).slice(0, 300); }
}

/* Who is typing elsewhere by the time an answer comes goes on typing there. */
const within = (box) => document.activeElement === document.body || box.contains(document.activeElement);
const typingElsewhere = (box) => document.activeElement.matches("input, select, textarea") && !box.contains(document.activeElement);

const columnOf = (cell) => cell.closest("table").tHead.rows[0].cells[cell.cellIndex];

const labelOf = (cell) => `${columnOf(cell).textContent.trim()} van ${cell.parentElement.dataset.editLabel} wijzigen`;

/* As the list shows it: a name stays a link, and nothing is a dash. */
function show(value, text) {
  if (text) (value.querySelector("a") ?? value).textContent = text;
  else value.replaceChildren(make("span", { class: "muted" }, "–"));
}

/* What is spoken of a row begins or ends with its name. */
function rename(row, name) {
  const was = row.dataset.editLabel.length;
  const say = (element, words) => element?.setAttribute("aria-label", words(element.getAttribute("aria-label")));
  row.dataset.editLabel = name;
  for (const cell of all("[data-edit]", row)) all(".edit-button, .edit-form .input", cell).forEach((element) => say(element, () => labelOf(cell)));
  say(row.querySelector(".pick input"), (label) => name + label.slice(was));
  say(row.querySelector(".more > .button"), (label) => label.slice(0, label.length - was) + name);
}

/* Under the amounts stands the sum of all that is found, which may be more than this page. */
let turn = 0;
async function addUp(table) {
  const mine = ++turn;
  if (!table.tFoot) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  const page = answer?.ok ? await answer.text().catch(() => "") : "";
  const fresh = new DOMParser().parseFromString(page, "text/html").querySelector("table[data-edit-url] tfoot");
  if (fresh && mine === turn) table.tFoot.replaceWith(fresh);
}

function start(cell) {
  const holder = cell.querySelector(".editable");
  const value = holder.querySelector(".edit-value");
  const before = value.querySelector(".muted") ? "" : value.textContent.trim();
  const button = holder.querySelector(".edit-button");
  const column = columnOf(cell);
  const money = column.dataset.kind === "geld";
  const choices = column.querySelector("[data-choices]");
  const label = button.getAttribute("aria-label");
  const name = column.dataset.column;
  const row = cell.parentElement.dataset.editRow;
  const errorId = `fout-${name}-${row}`;
  const input = choices ? make("select", { class: "input", "aria-label": label }, choices.content.cloneNode(true)) : make("input", { class: "input", "aria-label": label, autocomplete: "off" });
  if (choices) [...input.options].forEach((option) => { option.selected = option.textContent.trim() === before; });
  else input.value = money ? before.replace(/^€\s*/, "") : before;
  const box = make("span", { class: "edit-form" }, input);
  const initial = input.value;
  let busy = false;
  let over = false;

  function stop() {
    over = true; // Taking the box away blurs it, and leaving a cell saves it.
    const here = within(box);
    box.remove();
    holder.hidden = false;
    if (here) button.focus();
  }

  // What was said of it holds for what was sent; after a change, leaving the cell saves again.
  function settle() {
    box.querySelector(".error")?.remove();
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }

  function refuse(text) {
    settle();
    box.append(make("span", { class: "error", id: errorId, role: "alert" }, text || "Dit kon niet worden bewaard."));
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", errorId);
    if (!typingElsewhere(box)) input.focus();
  }

  async function save() {
    if (busy) return;
    if (input.value === initial) { stop(); return; }
    busy = true;
    const body = new URLSearchParams({ list_form_pk: row, oud: before, [name]: input.value });
    try {
      const answer = await fetch(cell.closest("table").dataset.editUrl, { method: "POST", body, headers: { "X-CSRFToken": token(), Accept: "application/json" }, redirect: "manual" });
      if (!answer.ok) { refuse(answer.type === "opaqueredirect" ? "Je bent uitgelogd. Log opnieuw in." : await reason(answer)); return; }
      const { tekst, naam } = await answer.text().then((text) => { try { return JSON.parse(text); } catch { return {}; } });
      show(value, tekst ?? (choices ? input.selectedOptions[0].textContent : money && input.value ? `€ ${input.value}` : input.value));
      if (naam) rename(cell.parentElement, naam);
      stop();
      cell.classList.remove("saved");
      requestAnimationFrame(() => cell.classList.add("saved"));
      toast("Bewaard");
      if (money) addUp(cell.closest("table"));
    } catch {
      refuse("Geen verbinding. Wat je typte staat er nog.");
    } finally {
      busy = false;
    }
  }

  input.addEventListener("input", settle);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); save(); }
    if (event.key === "Escape") { event.preventDefault(); stop(); }
  });
  input.addEventListener("blur", () => { if (!over && !box.querySelector(".error")) { if (input.value === initial) { box.remove(); holder.hidden = false; } else save(); } });
  holder.hidden = true;
  holder.after(box);
  input.focus();
  input.select?.();
}

/* Without script there is nothing to press, so the button comes with the script. */
function prepare(cell, icon) {
  const value = make("span", { class: "edit-value" }, ...cell.childNodes);
  const button = make("button", { type: "button", class: "edit-button", "aria-label": labelOf(cell) }, icon.content.cloneNode(true));
  button.addEventListener("click", () => start(cell));
  cell.append(make("span", { class: "editable" }, value, button));
  cell.addEventListener("dblclick", (event) => { if (!event.target.closest("a, button, input, select")) start(cell); });
}

for (const icon of all("[data-edit-icon]")) {
  for (const cell of all("[data-edit]", icon.parentElement)) prepare(cell, icon);
}
