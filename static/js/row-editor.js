/* Rows of a form: add with the button or Enter, remove with ✕, said aloud. New rows come
   from <template data-row-template>, with __index__ replaced by the next number. */
import { setUp as comboboxes } from "./combobox.js";
import { setUp as dates } from "./date.js";
import { all, toast, token } from "./dom.js";

function enhance(editor) {
  const list = editor.querySelector("[data-rows]");
  const template = editor.querySelector("[data-row-template]");
  const add = editor.querySelector("[data-row-add]");
  const hint = editor.querySelector("[data-row-hint]");
  const status = editor.querySelector("[data-row-status]");
  const label = editor.dataset.rowLabel;
  const rows = () => all(":scope > [data-row]", list);
  const fields = (row) => all("input:not([type=hidden]), select, textarea", row).filter((field) => !field.hidden && !field.disabled);
  let next = rows().length;
  for (const field of all("[name]", list)) {
    const index = Number(field.name.slice(editor.dataset.rowEditor.length + 1).split("-")[0]);
    if (index >= next) next = index + 1;
  }

  function renumber() {
    rows().forEach((row, n) => {
      row.setAttribute("aria-label", `${label} ${n + 1}`);
      row.querySelector("[data-row-remove]")?.setAttribute("aria-label", `${label} ${n + 1} verwijderen`);
    });
    editor.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function addRow(focus = true) {
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__index__", String(next++));
    const row = holder.content.querySelector("[data-row]");
    list.append(row);
    row.classList.add("row-new");
    comboboxes(row);
    dates(row);
    showRemove(row);
    renumber();
    if (focus) fields(row)[0]?.focus();
    status.textContent = `${label} ${rows().length} toegevoegd`;
    return row;
  }

  function showRemove(row) {
    const button = row.querySelector("[data-row-remove]");
    if (button) button.hidden = false;
  }

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-row-remove]");
    if (!button) return;
    const row = button.closest("[data-row]");
    const at = rows().indexOf(row);
    row.remove();
    renumber();
    status.textContent = `${label} ${at + 1} verwijderd`;
    const neighbour = rows()[Math.min(at, rows().length - 1)];
    (neighbour ? neighbour.querySelector("[data-row-remove]") ?? fields(neighbour)[0] : add)?.focus();
  });

  list.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing || event.target.matches("textarea, button, select")) return;
    event.preventDefault();
    const row = event.target.closest("[data-row]");
    const following = rows()[rows().indexOf(row) + 1];
    if (following) fields(following)[0]?.focus();
    else if (template && fields(row).some((field) => field.value)) addRow();
  });

  rows().forEach(showRemove);
  if (add && template) {
    add.hidden = false;
    if (hint) hint.hidden = false;
    add.addEventListener("click", () => addRow());
    list.addEventListener("paste", (event) => paste(event));
  }

  // A link to …-nieuw lands here: go on to a new row.
  add?.parentElement.addEventListener("focus", () => {
    const last = rows().at(-1);
    if (last && fields(last).every((field) => !field.value)) fields(last)[0]?.focus();
    else if (template) addRow();
  });

  /* Several lines in the clipboard fill several rows; a tab moves to the next field. */
  function paste(event) {
    const lines = event.clipboardData.getData("text/plain").replace(/\r/g, "").split("\n").filter((line) => line.trim());
    if (lines.length < 2 || event.target.matches("textarea")) return;
    event.preventDefault();
    let row = event.target.closest("[data-row]");
    const from = fields(row).indexOf(event.target);
    const wanted = [];
    lines.forEach((line, n) => {
      if (n) row = row.nextElementSibling ?? addRow(false);
      line.split("\t").forEach((value, column) => {
        const field = fields(row)[from + column];
        if (!field) return;
        const select = field.closest(".combobox")?.querySelector("select");
        if (select) { wanted.push([select, value.trim()]); return; }
        if (field.matches("select")) [...field.options].forEach((o) => { if (o.textContent.trim().toLowerCase() === value.trim().toLowerCase()) o.selected = true; });
        else field.value = value.trim();
        field.dispatchEvent(new Event("input", { bubbles: true }));
      });
    });
    status.textContent = `${lines.length} rijen geplakt`;
    if (wanted.length) recognise(wanted);
  }

  /* The server says which row each pasted text means; what it does not know is marked and stays. */
  async function recognise(wanted) {
    const fill = (select, value, label, notice = "") => select.dispatchEvent(new CustomEvent("fill", { detail: { value, label, notice } }));
    let found = [];
    try {
      const body = new URLSearchParams(wanted.map(([, text]) => ["regel", text]));
      const answer = await fetch(editor.dataset.recogniseUrl, { method: "POST", body, headers: { "X-CSRFToken": token(), Accept: "application/json" } });
      if (answer.ok) found = await answer.json();
    } catch { /* Then all of it stays as pasted, for saving to look up. */ }
    wanted.forEach(([select, text], n) => { const hit = found[n]; fill(select, hit ? String(hit[0]) : "", hit ? hit[1] : text, hit?.[2]); });
    const missed = wanted.filter((_, n) => !found[n]).length;
    const told = missed ? `${wanted.length} geplakt, ${missed} niet herkend: zoek die zelf op` : `${wanted.length} geplakt en herkend`;
    status.textContent = told;
    toast(told, 8);
    editor.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

all("[data-row-editor]").forEach(enhance);
