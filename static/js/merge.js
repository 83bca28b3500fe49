/* Merging: fields that nobody chose by hand follow the row that stays, where one sees it. Without
   script the server asks again when another row stays. */
import { all } from "./dom.js";

const form = document.querySelector("[data-merge]");

if (form) {
  const { voorstel, zelf } = form.elements;
  const chosen = new Set(zelf.value.split(",").filter(Boolean));
  const nameOf = (radio) => radio.name.replace(/^veld_/, "");

  const follow = () => {
    for (const row of all("[data-follows]", form)) {
      const radios = all("input", row);
      if (chosen.has(nameOf(radios[0]))) continue;
      const source = JSON.parse(row.dataset.follows)[form.elements.blijft.value];
      for (const radio of radios) radio.checked = radio.value === source;
    }
  };

  for (const radio of all("[name=blijft]", form)) radio.addEventListener("change", follow);
  // A click on what is chosen already is a choice as well.
  for (const radio of all("[data-follows] input", form)) {
    radio.addEventListener("click", () => { chosen.add(nameOf(radio)); });
  }
  // What the page shows goes by the row that now stays.
  form.addEventListener("submit", () => {
    voorstel.value = form.elements.blijft.value;
    zelf.value = [...chosen].join(",");
  });
}
