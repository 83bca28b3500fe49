/* One of thousands: turns <select data-combobox data-lookup-url> into an ARIA combobox with
   a listbox. The select stays and keeps the value, so the form posts as without script. */
import { all, describe, icon, make, paths } from "./dom.js";

let count = 0;
const note = (text) => make("div", { class: "listbox-note", role: "option", "aria-disabled": "true" }, text);

function enhance(select) {
  if (select.dataset.ready) return;
  select.dataset.ready = "1";
  const url = select.dataset.lookupUrl;
  const id = select.id || `combobox-${++count}`;
  const list = make("div", { id: `${id}-lijst`, class: "listbox", role: "listbox", popover: "manual", "aria-label": "Gevonden" });
  const status = make("span", { class: "sr", role: "status" });
  const input = make("input", {
    class: "input", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
    "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": list.id,
    "aria-describedby": select.getAttribute("aria-describedby"),
    "aria-invalid": select.getAttribute("aria-invalid"),
    "aria-required": select.required ? "true" : null,
    "aria-label": select.getAttribute("aria-label"),
    placeholder: select.dataset.placeholder || "Typ om te zoeken…",
    disabled: select.disabled,
  });
  const clear = make("button", { type: "button", class: "combobox-clear", "aria-label": "Leegmaken", tabindex: "-1" }, icon(paths.x));
  const arrow = make("span", { class: "combobox-arrow" }, icon(paths.down));
  input.id = id;
  select.id = `${id}-keuze`;
  select.hidden = true;
  select.required = false;
  select.after(input, clear, arrow, list, status);

  let active = -1;
  let timer = 0;
  let request = null;
  let waiting = false;
  let enterWaits = false;

  const chosen = () => select.selectedOptions[0];
  const text = () => (select.value ? chosen().textContent : "");
  const options = () => all('[role="option"]:not([aria-disabled])', list);
  const rows = select.closest("[data-row-editor]");
  const field = select.name.split("-").at(-1);
  // What other rows have already: shown, but not to be chosen a second time.
  const taken = () => new Set(rows ? all(`[name$="-${field}"], output[data-value]`, rows).filter((e) => e !== select).map((e) => e.dataset.value ?? e.value) : []);
  const opened = () => list.matches(":popover-open");

  function reset() {
    input.value = text();
    input.removeAttribute("name");
    clear.hidden = !select.value || input.disabled;
  }

  // What is worth knowing of what is chosen, under the field; an empty text takes it away.
  function tell(text) {
    const noticeId = `${id}-let-op`;
    document.getElementById(noticeId)?.remove();
    describe(input, noticeId, Boolean(text));
    if (!text) return;
    select.parentElement.after(make("p", { class: "field-notice", id: noticeId }, icon(paths.alert), make("span", {}, text)));
    status.textContent = text;
  }

  // Typed and not chosen: it stays, and goes along for the server to look up or refuse.
  function keep() {
    const typed = input.value.trim();
    if (!typed || typed === text()) return reset();
    select.value = "";
    input.name = `${select.name}-zoek`;
    clear.hidden = false;
    tell("");
  }

  function choose(value, label, notice = "") {
    let option = all("option", select).find((o) => o.value === value);
    if (!option) {
      option = new Option(label, value);
      select.append(option);
    }
    select.value = value;
    reset();
    tell(notice);
    close();
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  const pick = ({ dataset }) => choose(dataset.value, dataset.label, dataset.notice);

  function place() {
    const box = input.getBoundingClientRect();
    const below = innerHeight - box.bottom - 12;
    const height = Math.min(list.scrollHeight + 2, 304);
    list.style.width = `${Math.max(box.width, Math.min(288, innerWidth - 16))}px`;
    list.style.left = `${Math.max(8, Math.min(box.left, innerWidth - list.offsetWidth - 8))}px`;
    list.style.top = below < height && box.top > below ? `${Math.max(8, box.top - height - 4)}px` : `${box.bottom + 4}px`;
  }

  function open() {
    if (!opened()) list.showPopover();
    input.setAttribute("aria-expanded", "true");
    place();
  }

  function close() {
    clearTimeout(timer);
    waiting = enterWaits = false;
    request?.abort();
    if (opened()) list.hidePopover();
    input.setAttribute("aria-expanded", "false");
    mark(-1);
  }

  function mark(index) {
    active = index;
    options().forEach((option, n) => option.classList.toggle("active", n === index));
    const current = options()[index];
    if (current) {
      input.setAttribute("aria-activedescendant", current.id);
      current.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  function fill(found) {
    const elsewhere = taken();
    list.replaceChildren(...found.map(([value, label, sub, notice], n) => {
      const twice = elsewhere.has(String(value));
      const body = make("span", {}, label);
      const caption = [sub, twice && "staat er al bij"].filter(Boolean).join(" · ");
      if (caption) body.append(make("small", {}, caption));
      if (notice) body.append(make("small", { class: "field-notice" }, icon(paths.alert), notice));
      const picked = String(value) === select.value;
      const option = make("div", { role: "option", id: `${id}-optie-${n}`, "aria-selected": String(picked) }, body);
      if (picked) option.append(make("span", { class: "tick", "aria-hidden": "true" }, "✓"));
      option.dataset.value = value;
      option.dataset.label = [label, sub].filter(Boolean).join(" · ");
      option.dataset.notice = notice ?? "";
      if (twice) option.setAttribute("aria-disabled", "true");
      return option;
    }));
    if (!found.length) list.append(note("Niets gevonden"));
    status.textContent = found.length === 0 ? "Niets gevonden" : found.length === 1 ? "1 gevonden" : `${found.length}${found.length === 20 ? " of meer" : ""} gevonden`;
    open();
    const first = options()[0];
    mark(first && input.value !== text() ? 0 : -1);
    waiting = false;
    if (enterWaits && first) pick(first);
    enterWaits = false;
  }

  async function search() {
    request?.abort();
    request = new AbortController();
    const query = input.value === text() ? "" : input.value.trim();
    try {
      const address = new URL(url, location.href);
      address.searchParams.set("query", query);
      const answer = await fetch(address, { signal: request.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      fill(await answer.json());
    } catch (error) {
      if (error.name === "AbortError") return;
      waiting = enterWaits = false;
      list.replaceChildren(note("Zoeken lukt nu niet. Probeer het zo nog eens."));
      open();
    }
  }

  // Keys pressed before the answer came mean the answer, not the list that still stands there.
  const later = () => { clearTimeout(timer); waiting = true; timer = setTimeout(search, 140); };

  input.addEventListener("input", later);
  input.addEventListener("input", () => input.removeAttribute("aria-invalid"));
  input.addEventListener("click", () => { if (!opened()) { input.select(); search(); } });
  input.addEventListener("blur", () => {
    if (input.value.trim() === "" && select.value) choose("", "");
    keep();
    close();
  });
  input.addEventListener("keydown", (event) => {
    const size = options().length;
    if (waiting && ["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) {
      event.preventDefault();
      event.stopPropagation();
      enterWaits ||= event.key === "Enter";
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!opened()) search();
      else if (size) mark((active + (event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1) + size) % size);
    } else if (event.key === "Enter" && opened()) {
      event.preventDefault();
      event.stopPropagation();
      const option = options()[active];
      if (option) pick(option);
    } else if (event.key === "Escape" && opened()) {
      event.preventDefault();
      event.stopPropagation();
      reset();
      close();
    } else if (event.key === "Tab" && opened() && active >= 0) {
      const option = options()[active];
      pick(option);
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest('[role="option"]:not([aria-disabled])');
    if (option) pick(option);
  });
  clear.addEventListener("click", () => { choose("", ""); input.focus(); });
  addEventListener("scroll", () => opened() && place(), { passive: true, capture: true });
  addEventListener("resize", () => opened() && place());
  // From a paste: the school that was recognised, or the text that was not, to be seen and kept.
  select.addEventListener("fill", ({ detail }) => {
    if (detail.value) { choose(detail.value, detail.label, detail.notice); input.removeAttribute("aria-invalid"); return; }
    input.value = detail.label;
    keep();
    input.setAttribute("aria-invalid", "true");
  });
  select.form?.addEventListener("reset", () => setTimeout(reset));
  select.form?.addEventListener("submit", () => { if (document.activeElement === input) keep(); });
  addEventListener("pageshow", (event) => { if (event.persisted || select.value) setTimeout(reset); });
  if (!select.querySelector('option[value=""]')) select.prepend(new Option("", ""));
  reset();
  if (!select.value && select.dataset.typed) {
    input.value = select.dataset.typed;
    keep();
  }
}

export const setUp = (root = document) => all("select[data-combobox]", root).forEach(enhance);

setUp();
