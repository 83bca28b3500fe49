/* The advice for a password ticks itself off while one types; the server judges. */
import { all } from "./dom.js";

const points = {
  lengte: (text) => [...text].length >= 12,
  hoofdletter: (text) => /\p{Lu}/u.test(text),
  "kleine-letter": (text) => /\p{Ll}/u.test(text),
  cijfer: (text) => /\p{Nd}/u.test(text),
  "speciaal-teken": (text) => /[^\p{L}\p{N}\s]/u.test(text),
};

for (const box of all("[data-new-password]")) {
  const input = document.getElementById(box.dataset.newPassword);
  const look = () => {
    for (const line of all("[data-point]", box)) {
      const met = points[line.dataset.point](input.value);
      line.classList.toggle("point-met", met);
      line.querySelector("[data-point-state]").textContent = met ? ": in orde" : ": nog niet";
    }
  };
  const label = box.querySelector("label");
  const show = document.createElement("button");
  show.type = "button";
  show.className = "button button-small show-password";
  show.textContent = "Tonen";
  show.setAttribute("aria-pressed", "false");
  show.setAttribute("aria-label", "Wachtwoord tonen");
  show.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    show.textContent = shown ? "Tonen" : "Verbergen";
    show.setAttribute("aria-pressed", String(!shown));
    input.focus();
  });
  label.after(show);
  input.addEventListener("input", look);
  look();
}
