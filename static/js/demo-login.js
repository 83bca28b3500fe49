/* The login page of the demo: a click fills the form. */
import { all } from "./dom.js";

for (const button of all("[data-demo-fill]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const form = document.getElementById("inloggen");
    form.querySelector("input[type=email]").value = button.dataset.demoFill;
    form.querySelector("input[type=password]").value = button.dataset.demoPassword;
    form.querySelector("button").focus();
  });
}
