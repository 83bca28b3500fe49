/* The multi-select of the manual: live count, pink tags, closing by a click elsewhere,
   typing to search on top. With data-lookup-url the search also fetches. */
import { all, make, plain } from "./dom.js";

function enhance(box) {
  if (box.dataset.ready) return;
  box.dataset.ready = "1";
  const summary = box.querySelector("summary");
  const counter = box.querySelector("[data-multi-count]");
  const list = box.querySelector("[data-multi-list]");
  const tags = box.parentElement.querySelector("[data-multi-tags]");
  const url = box.dataset.lookupUrl;
  const rows = () => all("li:has(input)", list);
  const note = make("li", { class: "multi-none", hidden: true }, "Niets gevonden");
  const status = make("span", { class: "sr", role: "status" });
  const search = make("input", { class: "input multi-search", type: "search", placeholder: "Typ om te zoeken", autocomplete: "off", "aria-label": `${summary.dataset.label}: zoeken` });
  list.append(note);
  if (url || rows().length > 6) box.querySelector(".multi-panel").prepend(search);
  box.append(status);

  function update() {
    const chosen = rows().filter((row) => row.querySelector(":checked"));
    counter.textContent = chosen.length ? `${chosen.length} geselecteerd` : box.dataset.none ?? "Kies…";
    summary.setAttribute("aria-label", `${summary.dataset.label}: ${chosen.length} geselecteerd`);
    if (!tags) return;
    tags.replaceChildren(...chosen.slice(0, 12).map((row) => make("span", { class: "tag" }, row.innerText.trim() || row.textContent.trim())));
    if (chosen.length > 12) tags.append(make("span", { class: "muted small" }, `en nog ${chosen.length - 12}`));
  }

  function narrow() {
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows()) {
      const text = plain(row.textContent);
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    note.hidden = shown > 0;
    if (search.value) status.textContent = shown ? `${shown} gevonden` : "Niets gevonden";
  }

  let timer = 0;
  let last = 0;
  async function fetchMore() {
    const turn = ++last;
    const address = new URL(url, location.href);
    address.searchParams.set("query", search.value.trim());
    const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || turn !== last) return;
    const known = new Set(all("input[type=checkbox]", list).map((input) => input.value));
    for (const [value, label, sub] of await answer.json()) {
      if (known.has(String(value))) continue;
      const input = make("input", { type: "checkbox", name: box.dataset.name, value });
      note.before(make("li", {}, make("label", { class: "option" }, input, make("span", {}, sub ? `${label} · ${sub}` : label))));
    }
    narrow();
  }

  search.addEventListener("input", () => {
    narrow();
    if (url) { clearTimeout(timer); timer = setTimeout(fetchMore, 160); }
  });
  list.addEventListener("change", update);
  box.addEventListener("toggle", () => {
    if (!box.open) { search.value = ""; narrow(); return; }
    if (url) fetchMore();
    box.querySelector(".multi-panel").scrollIntoView({ block: "nearest" });
    if (search.isConnected && matchMedia("(hover: hover)").matches) search.focus({ preventScroll: true });
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && box.open) {
      event.stopPropagation();
      box.open = false;
      summary.focus();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && box.open) {
      const stops = [search, ...rows().filter((row) => !row.hidden).map((row) => row.querySelector("input"))].filter((e) => e.isConnected);
      const next = stops[stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { event.preventDefault(); next.focus(); }
    } else if (event.key === "Enter" && event.target.closest(".multi-panel")) {
      event.preventDefault();
      const first = event.target === search ? rows().find((row) => !row.hidden)?.querySelector("input") : event.target;
      if (first?.type === "checkbox" && (event.target !== search || search.value)) first.click();
    }
  });
  document.addEventListener("pointerdown", (event) => { if (box.open && !box.contains(event.target)) box.open = false; });
  box.addEventListener("focusout", (event) => {
    const to = event.relatedTarget;
    // A press on an option gives the focus to what lies around the box: that is no leaving.
    if (box.open && to && !box.contains(to) && !to.contains(box)) box.open = false;
  });
  // The browser puts back what was ticked after this ran: on the way back, or after a reload.
  addEventListener("pageshow", () => setTimeout(update));
  box.closest("form")?.addEventListener("reset", () => setTimeout(update));
  update();
}

export const setUp = (root = document) => all("[data-multi]", root).forEach(enhance);

setUp();
