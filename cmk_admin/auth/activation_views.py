"""The pages behind a mailed link: the first log-in (Handleiding 1.1), and a new password."""

from typing import Any

import segno
from flask import Blueprint, flash, render_template, request, session, url_for
from markupsafe import Markup

from cmk_admin import mail
from cmk_admin.auth import activation, attempts, clock, links, own, passwords, sessions
from cmk_admin.auth.access import public
from cmk_admin.auth.attempts import Limit, TooManyError
from cmk_admin.auth.forms import ActivationForm, CodeForm, ForgottenForm, NewPasswordForm
from cmk_admin.auth.judgement import fault_in
from cmk_admin.auth.links import FoundLink
from cmk_admin.auth.pages import Page, page, see, too_many
from models.toegang import LinkSoort

blueprint = Blueprint("activeren", __name__)

HOME = "/"
_LINK = "link"
STEPS = ("Account aanmaken", "App koppelen", "Code invoeren")
OTHER_ADDRESS = "Dit is niet het e-mailadres waarop je de mail kreeg. Vul precies dat adres in."
WRONG_CODE = (
    "Deze code klopt niet. Wacht op de volgende code in je app en typ die meteen over. Blijft het"
    " misgaan? Scan de QR-code dan opnieuw."
)
ASKED = (
    "Als er een account is met dit e-mailadres, dan staat er zo een mail in je inbox met een link"
    " om een nieuw wachtwoord te kiezen. Niets ontvangen? Kijk ook bij ongewenste mail."
)
#: Who asks for mail more often than this has not looked in the right inbox.
ASKING = 3


def _open(soort: LinkSoort, key: str, endpoint: str) -> Page:
    """Keep the link in the cookie and go on at an address without it: nobody reads it there."""
    if links.find(soort, key, clock.now()) is None:
        return _gone()
    sessions.end()
    session[_LINK] = [soort.value, key]
    return see(url_for(endpoint))


def _link(soort: LinkSoort) -> FoundLink | None:
    kind, key = session.get(_LINK, ("", ""))
    return links.find(soort, key, clock.now()) if kind == soort else None


def _gone() -> Page:
    return render_template("auth/link_gone.html"), 410


# --- the first log-in -------------------------------------------------------------


@blueprint.get("/activeren/<key>")
@public
def open_activation(key: str) -> Page:
    """The link of the mail."""
    return _open(LinkSoort.ACTIVATIE, key, "activeren.account")


@blueprint.route("/activeren", methods=["GET", "POST"])
@public
def account() -> Page:
    """Step 1: e-mail address and password."""
    link = _link(LinkSoort.ACTIVATIE)
    if link is None:
        return _gone()
    form = ActivationForm()
    if not form.validate_on_submit():
        return page("auth/activate_account.html", form, **_steps(1))
    person = activation.person_of(link.gebruiker_id)
    password = form.wachtwoord.data or ""
    try:
        with attempts.attempt(Limit(f"activeren {link.id}", attempts.PER_ACCOUNT)) as attempt:
            attempt.right = (form.email.data or "").strip().lower() == person.email
    except TooManyError as error:
        return too_many("auth/activate_account.html", form, error, **_steps(1))
    fault = fault_in(password, (person.naam, person.email))
    if attempt.right and fault is None:
        activation.begin(link, password)
        return see(url_for("activeren.app"))
    # As much work as when it is right: how long it takes tells nothing.
    passwords.verify(None, password)
    if not attempt.right:
        form.email.errors = [OTHER_ADDRESS]
    if fault:
        form.wachtwoord.errors = [fault]
    return page("auth/activate_account.html", form, **_steps(1))


@blueprint.get("/activeren/app")
@public
def app() -> Page:
    """Step 2: the QR code, and how to scan it."""
    link = _link(LinkSoort.ACTIVATIE)
    if link is None:
        return _gone()
    secret = activation.pending_secret(link.gebruiker_id)
    if secret is None:
        return see(url_for("activeren.account"))
    email = activation.person_of(link.gebruiker_id).email
    html = render_template(
        "auth/activate_app.html",
        next_url=url_for("activeren.code"),
        **qr_context(secret, email),
        **_steps(2),
    )
    return html, 200


def qr_context(secret: str, email: str) -> dict[str, Any]:
    """The same secret three ways: to scan, to type over, and to open on the phone itself."""
    uri = activation.provisioning_uri(secret, email)
    # Without a size of its own it fills its box: a longer address makes a larger code.
    drawing = segno.make(uri, error="m").svg_inline(
        border=3, dark="#211a2b", light="#fff", omitsize=True
    )
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    # Made by segno out of the address above: nothing of it comes from outside.
    return {"qr": Markup(drawing), "secret": groups, "uri": uri, "email": email}  # noqa: S704


@blueprint.route("/activeren/code", methods=["GET", "POST"])
@public
def code() -> Page:
    """Step 3: the first code; then they are inside."""
    link = _link(LinkSoort.ACTIVATIE)
    if link is None:
        return _gone()
    if activation.pending_secret(link.gebruiker_id) is None:
        return see(url_for("activeren.account"))
    form, moment = CodeForm(), clock.now()
    context = {"back_url": url_for("activeren.app"), **_steps(3)}
    if form.validate_on_submit():
        try:
            with attempts.attempt(attempts.per_factor(link.gebruiker_id)) as attempt:
                person = activation.finish(link, form.code.data or "", moment)
                attempt.right = person is not None
        except TooManyError as error:
            return too_many("auth/activate_code.html", form, error, **context)
        if person:
            sessions.begin(person, moment)
            flash(f"Welkom, {person.naam}. Je account is klaar.", "success")
            return see(HOME)
        form.code.errors = [WRONG_CODE]
    return page("auth/activate_code.html", form, **context)


def _steps(now: int) -> dict[str, Any]:
    return {"steps": STEPS, "step": now}


# --- a new password ---------------------------------------------------------------


@blueprint.route("/wachtwoord-vergeten", methods=["GET", "POST"])
@public
def forgotten() -> Page:
    """Ask for a mail; the answer is the same for every address."""
    form = ForgottenForm()
    if form.validate_on_submit():
        email = form.email.data or ""
        try:
            with attempts.attempt(Limit(f"vergeten {email.strip().lower()}", ASKING)):
                activation.ask_new_password(email, clock.now())
        except TooManyError as error:
            return too_many("auth/forgotten.html", form, error)
        mail.send_soon()
        flash(ASKED, "info")
        return see(url_for("auth.login"))
    return page("auth/forgotten.html", form)


@blueprint.get("/nieuw-wachtwoord/<key>")
@public
def open_password(key: str) -> Page:
    """The link of the mail."""
    return _open(LinkSoort.WACHTWOORD, key, "activeren.password")


@blueprint.route("/nieuw-wachtwoord", methods=["GET", "POST"])
@public
def password() -> Page:
    """Choose another password; logging in with it takes the code as always."""
    link = _link(LinkSoort.WACHTWOORD)
    if link is None:
        return _gone()
    form = NewPasswordForm()
    if form.validate_on_submit():
        person = activation.person_of(link.gebruiker_id)
        fault = fault_in(form.wachtwoord.data or "", (person.naam, person.email))
        if fault:
            form.wachtwoord.errors = [fault]
        elif activation.renew_password(link, form.wachtwoord.data or ""):
            mail.send_soon()
            sessions.end()
            flash("Je wachtwoord is gewijzigd. Log er nu mee in.", "success")
            return see(url_for("auth.login"))
        else:
            return _gone()
    return page("auth/new_password.html", form)


# --- another address --------------------------------------------------------------


@blueprint.get("/e-mailadres-bevestigen/<key>")
@public
def open_email(key: str) -> Page:
    """The link in the mail to the new address."""
    if links.find(LinkSoort.EMAIL, key, clock.now()) is None:
        return _gone()
    session[_LINK] = [LinkSoort.EMAIL.value, key]
    return see(url_for("activeren.email"))


@blueprint.route("/e-mailadres-bevestigen", methods=["GET", "POST"])
@public
def email() -> Page:
    """Asked, not done at once: programs that look through mail open every link in it."""
    link = _link(LinkSoort.EMAIL)
    if link is None:
        return _gone()
    if request.method == "POST":
        if not own.confirm_email(link):
            return _gone()
        mail.send_soon()
        flash("Je e-mailadres is gewijzigd. Log voortaan in met het nieuwe adres.", "success")
        return see(HOME)
    return render_template("auth/confirm_email.html", email=link.nieuw_email), 200
