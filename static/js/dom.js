/* Small helpers shared by the modules. */

export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Make an element: make("button", { type: "button", class: "x" }, "text or nodes"). */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** An icon drawn from paths, as in templates/parts/icon.html. */
export function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export const paths = {
  alert: "M12 4 2.8 20h18.4zM12 10v4.4M12 17.2v.1",
  calendar: "M4 6h16v14H4zM4 10.5h16M8.5 3.5V7M15.5 3.5V7",
  check: "m5 12.8 4.6 4.6L19.5 7",
  down: "m6 9.5 6 6 6-6",
  x: "m6 6 12 12M18 6 6 18",
};

/** Whether the element with this id is among what describes a control. */
export function describe(control, id, does) {
  const ids = new Set((control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  if (does) ids.add(id); else ids.delete(id);
  if (ids.size) control.setAttribute("aria-describedby", [...ids].join(" "));
  else control.removeAttribute("aria-describedby");
}

export const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

/** Say something to everyone, also to a screen reader. */
export function toast(text, seconds = 4) {
  const place = document.getElementById("toast");
  if (!place) return;
  place.textContent = text;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { place.textContent = ""; }, seconds * 1000);
}

export const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** "1.234,56", "1234.56" or "€ 12" as a number; null when there is nothing to read. */
export function number(text) {
  let value = text.replace(/[^\d,.-]/g, "");
  if (value.includes(",")) value = value.replaceAll(".", "").replace(",", ".");
  else if (/^-?\d{1,3}(\.\d{3})+$/.test(value)) value = value.replaceAll(".", "");
  return value === "" || Number.isNaN(Number(value)) ? null : Number(value);
}
