/* Two minutes before a session ends for want of activity, ask whether somebody is still there.
   When it has ended, the page stays as it is: after logging in elsewhere it goes on here. */
import { all, make, toast, token } from "./dom.js";

const WARN_SECONDS = 120;
const { session: url, sessionLeft, sessionPerson } = document.body.dataset;
const headers = { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" };
let dialog = null;
let timer = 0;
let out = false;

/** What the server says of this session; {seconden: 0} when it has ended, null when it is away. */
async function ask(options = {}) {
  try {
    const answer = await fetch(url, { headers, ...options });
    if (!answer.ok) return { seconden: 0 };
    const found = await answer.json();
    return String(found.wie) === sessionPerson ? found : { seconden: 0 };
  } catch {
    return null;
  }
}

async function stay() {
  next(await ask({ method: "POST", headers: { ...headers, "X-CSRFToken": token() } }));
}

function close() {
  dialog?.remove();
  dialog = null;
}

function show(title, text, ...buttons) {
  close();
  dialog = make("dialog", { class: "dialog", "aria-labelledby": "zitting-kop" },
    make("div", { class: "dialog-body" }, make("h2", { id: "zitting-kop" }, title), make("p", { class: "muted" }, text)),
    make("div", { class: "dialog-actions" }, ...buttons));
  document.body.append(dialog);
  dialog.showModal();
  buttons.at(-1).focus();
}

function warn(seconds) {
  const go = make("button", { type: "button", class: "button button-primary" }, "Ingelogd blijven");
  go.addEventListener("click", stay);
  show("Ben je er nog?", "Je deed een tijd niets. Over twee minuten word je uitgelogd.", go);
  dialog.addEventListener("cancel", stay);
  wait(seconds);
}

function ended() {
  if (out) return;
  out = true;
  const leave = make("button", { type: "button", class: "button" }, "Sluiten");
  leave.addEventListener("click", close);
  const again = make("a", { class: "button button-primary", href: "/inloggen", target: "_blank", rel: "opener" }, "Opnieuw inloggen");
  show("Je bent uitgelogd", "Wat je typte staat hier nog. Log in op een nieuw tabblad en kom hier terug: dan kun je verder en bewaren.", leave, again);
}

/** Logged in again: the forms of this page get the token of the new session. */
function goOn(fresh) {
  out = false;
  document.querySelector('meta[name="csrf-token"]').content = fresh;
  for (const field of all('input[name="csrf_token"]')) field.value = fresh;
  toast("Je bent weer ingelogd. Wat je typte staat er nog.");
}

function next(found) {
  if (found === null) { wait(60); return; }
  if (found.seconden === 0) { ended(); return; }
  if (out) goOn(found.token);
  if (found.seconden > WARN_SECONDS) { close(); wait(found.seconden - WARN_SECONDS + 1); return; }
  warn(found.seconden);
}

/** Another tab may have gone on meanwhile: the server knows. */
async function look() {
  next(await ask());
}

function wait(seconds) {
  clearTimeout(timer);
  timer = setTimeout(look, seconds * 1000);
}

if (url) {
  wait(Math.max(1, Number(sessionLeft) - WARN_SECONDS));
  document.addEventListener("visibilitychange", () => { if (out && !document.hidden) look(); });
  addEventListener("focus", () => { if (out) look(); });
}
