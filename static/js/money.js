/* The euro sign stands before the field; one that comes along in a paste is not said twice. */
document.addEventListener("input", ({ target }) => {
  if (!target.matches(".kind-money") || !/€|eur/i.test(target.value)) return;
  target.value = target.value.replace(/\s*(€|euro?)\s*/gi, "");
});
