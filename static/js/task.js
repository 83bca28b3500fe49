/* While a large job runs: asks how far it is, and shows the page anew when it is done. */
const place = document.querySelector("[data-task]");
const SECONDS = 1.5;

async function look() {
  if (!document.hidden) {
    try {
      const answer = await fetch(place.dataset.task, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
      // Logged out meanwhile: the page stays, and what it says of that is said elsewhere.
      if (!answer.ok) return;
      const found = await answer.json();
      if (!found.bezig) { location.reload(); return; }
      place.querySelector("[data-task-text]").textContent = found.tekst;
      place.querySelector(".progress-fill").setAttribute("width", found.procent);
      place.querySelector(".progress").setAttribute("aria-label", `Voortgang: ${found.procent} procent`);
    } catch {
      // The portal is away for a moment: asked again.
    }
  }
  setTimeout(look, SECONDS * 1000);
}

if (place) setTimeout(look, SECONDS * 1000);
