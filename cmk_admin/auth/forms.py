"""The forms of logging in, activating and a new password."""

from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, Regexp


def _email() -> EmailField:
    return EmailField(
        "E-mailadres",
        [
            InputRequired("Vul je e-mailadres in."),
            Length(max=254, message="Een e-mailadres heeft hoogstens %(max)d tekens."),
        ],
    )


class LoginForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """E-mail address and password."""

    email = _email()
    wachtwoord = PasswordField("Wachtwoord", [InputRequired("Vul je wachtwoord in.")])


class CodeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """The six digits of the authenticator app; a space in the middle is fine."""

    code = StringField("Zescijferige code", [InputRequired("Vul de code uit je app in.")])


class RecoveryForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """A recovery code instead of the app."""

    code = StringField("Herstelcode", [InputRequired("Vul een van je herstelcodes in.")])


class ForgottenForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """Whose password was forgotten."""

    email = _email()


class NewPasswordField(PasswordField):
    """A password that is being chosen; the page shows the manual's advice live."""

    widget_kind = "password"
    autocomplete = "new-password"


class ActivationForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """Handleiding 1.1: "Vul je e-mailadres in en kies een wachtwoord"."""

    email = _email()
    wachtwoord = NewPasswordField("Wachtwoord", [InputRequired("Kies een wachtwoord.")])


class NewPasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """Another password."""

    wachtwoord = NewPasswordField("Nieuw wachtwoord", [InputRequired("Kies een wachtwoord.")])


class ChangeEmailForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """Another address."""

    email = EmailField(
        "Nieuw e-mailadres",
        [
            InputRequired("Vul je e-mailadres in."),
            Length(max=254, message="Een e-mailadres heeft hoogstens %(max)d tekens."),
            Regexp(r"[^\x00-\x1f\x7f]*$", message="Hierin staat een onzichtbaar teken."),
        ],
    )


class ChangePasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """The password of now, and another."""

    huidig = PasswordField("Huidig wachtwoord", [InputRequired("Vul je huidige wachtwoord in.")])
    wachtwoord = NewPasswordField("Nieuw wachtwoord", [InputRequired("Kies een wachtwoord.")])
