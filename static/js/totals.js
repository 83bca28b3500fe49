/* Keeps the totals in the save bar true while typing. */
import { all, number } from "./dom.js";

const outputs = all("[data-total]");

if (outputs.length) {
  const form = outputs[0].closest("form");
  const named = (list, field) => all(`[name^="${list}-"]`, form).filter((e) => e.name.endsWith(`-${field}`) && !e.closest("template"));
  const single = (name) => form.elements[name]?.value ?? "";
  const euro = new Intl.NumberFormat("nl-NL", { style: "currency", currency: "EUR" });
  const decimal = new Intl.NumberFormat("nl-NL", { minimumFractionDigits: 1, maximumFractionDigits: 2 });

  const kinds = {
    som: ([list, field]) => euro.format(named(list, field).reduce((sum, e) => sum + Math.round((number(e.value) ?? 0) * 100), 0) / 100),
    aantal: ([list, field]) => String(named(list, field).filter((e) => e.value.trim() && e.value !== "__None").length),
    uren: ([count, duration, meaning]) => {
      // What can't be is told at its field; it counts for nothing here.
      const hours = Math.max(0, number(single(duration)) ?? 0);
      const total = single(meaning) === "totaal";
      return decimal.format(total ? hours : hours * Math.max(0, number(single(count)) ?? 1));
    },
  };
  const update = () => outputs.forEach((output) => { output.textContent = kinds[output.dataset.total](output.dataset.of.split(" ")); });
  form.addEventListener("input", update);
  form.addEventListener("change", update);
  addEventListener("pageshow", () => setTimeout(update));
}
