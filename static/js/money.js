/* The euro sign stands before the field; one that comes along in a paste is not said twice. */
function once({ target }) {
  if (!target.matches(".kind-money") || !/€|eur/i.test(target.value)) return;
  target.value = target.value.replace(/\s*(€|euro?)\s*/gi, "");
}

// Not while it is typed: half a word is no word.
document.addEventListener("input", (event) => { if (event.inputType === "insertFromPaste") once(event); });
document.addEventListener("change", once);
