/* A page that answers a form is not kept by the browser and cannot be asked again: going back to
   it would give the browser's own error. So its place in the history is the list it came from. */
const form = document.querySelector("form[data-back]");
if (form) history.replaceState(history.state, "", form.dataset.back);
