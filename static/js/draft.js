/* Keeps what is typed on the server, a moment after the last key and when the page is left, so
   that a closed tab or an ended session loses nothing. */
import { token } from "./dom.js";

const form = document.querySelector("form[data-draft]");

if (form) {
  const status = form.querySelector("[data-draft-status]");
  const own = new Set(["csrf_token", "sleutel"]);
  let stand = form.dataset.draftStand;
  let timer = 0;
  let stopped = false;
  let dirty = false;
  let busy = null;

  const content = () => JSON.stringify([...new FormData(form)].filter(([name, value]) => !own.has(name) && typeof value === "string"));

  function say(text) {
    status.textContent = text;
  }

  function failed() {
    dirty = true;
    say("Het concept is nu niet bewaard.");
  }

  async function send(keepalive = false) {
    clearTimeout(timer);
    if (stopped || !dirty) return;
    dirty = false;
    // The key tells which sending of the form this would be a draft of: late, it is refused.
    const sleutel = form.elements.sleutel.value;
    const body = new URLSearchParams({ formulier: form.dataset.draftForm, stand, sleutel, inhoud: content() });
    const answer = await fetch(form.dataset.draft, {
      method: "POST", body, keepalive, redirect: "manual",
      headers: { "X-CSRFToken": token(), Accept: "application/json" },
    });
    if (answer.status === 409) {
      stopped = true;
      say((await answer.json()).fout);
    } else if (answer.ok) {
      const kept = await answer.json();
      stand = kept.stand;
      say(`Concept bewaard om ${kept.tijd}`);
    } else {
      failed();
    }
  }

  // One at a time: the next one starts from what the one before it kept.
  const next = () => { busy = (busy ?? Promise.resolve()).then(() => send()).catch(failed); };

  function typed() {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(next, 1200);
  }

  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("submit", () => { stopped = true; clearTimeout(timer); });
  // Sent, but it did not arrive, and the browser shows the page as it was left.
  addEventListener("pageshow", (event) => { if (event.persisted) stopped = false; });
  addEventListener("pagehide", () => { send(true).catch(() => {}); });
}
