/* Forms with data-confirm ask first, in a dialog. Without script the server asks. */
import { make } from "./dom.js";

function ask(form, submitter) {
  const cancel = make("button", { class: "button", value: "" }, "Annuleren");
  const go = make("button", { class: `button button-primary${form.dataset.confirmDanger !== undefined ? " button-danger" : ""}`, value: "ja" }, form.dataset.confirmLabel || "Doorgaan");
  const dialog = make("dialog", { class: "dialog", "aria-labelledby": "vraag-kop" },
    make("form", { method: "dialog" },
      make("div", { class: "dialog-body" }, make("h2", { id: "vraag-kop" }, form.dataset.confirm), make("p", { class: "muted" }, form.dataset.confirmText || "")),
      make("div", { class: "dialog-actions" }, cancel, go)));
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue !== "ja") { submitter?.focus(); return; }
    form.dataset.confirmed = "1";
    form.requestSubmit(submitter);
  });
  document.body.append(dialog);
  dialog.showModal();
  cancel.focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.confirm || form.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(form, event.submitter);
}, { capture: true });
