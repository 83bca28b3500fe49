/* dd-mm-jjjj stays a text field (so nothing typed is ever lost); this adds a calendar
   button and completes short forms such as 3-3-26 when the field is left. */
import { all, icon, make, paths } from "./dom.js";

function enhance(input) {
  if (input.dataset.ready) return;
  input.dataset.ready = "1";
  input.addEventListener("blur", () => {
    const parts = input.value.trim().match(/^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{2}|\d{4})$/) ?? input.value.trim().match(/^(\d{2})(\d{2})(\d{4})$/);
    if (!parts) return;
    const [, day, month, year] = parts;
    input.value = `${day.padStart(2, "0")}-${month.padStart(2, "0")}-${year.length === 2 ? `20${year}` : year}`;
  });
  const native = make("input", { type: "date", class: "date-native", tabindex: "-1", "aria-hidden": "true" });
  if (!native.showPicker) return;
  const name = document.querySelector(`label[for="${input.id}"]`)?.textContent.replace("*", "").trim() ?? "Datum";
  const button = make("button", { type: "button", class: "date-button", "aria-label": `${name}: kies in kalender` }, icon(paths.calendar));
  button.addEventListener("click", () => {
    const parts = input.value.match(/^(\d{2})-(\d{2})-(\d{4})$/);
    native.value = parts ? `${parts[3]}-${parts[2]}-${parts[1]}` : "";
    native.showPicker();
  });
  native.addEventListener("change", () => {
    if (!native.value) return;
    input.value = native.value.split("-").reverse().join("-");
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  });
  input.after(native, button);
}

export const setUp = (root = document) => all("input[data-date]", root).forEach(enhance);

setUp();
