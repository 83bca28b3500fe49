"""The two forms of the log-in."""

from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import InputRequired, Length


class LoginForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """E-mail address and password."""

    email = EmailField(
        "E-mailadres",
        [
            InputRequired("Vul je e-mailadres in."),
            Length(max=254, message="Een e-mailadres heeft hoogstens %(max)d tekens."),
        ],
    )
    wachtwoord = PasswordField("Wachtwoord", [InputRequired("Vul je wachtwoord in.")])


class CodeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """The six digits of the authenticator app; a space in the middle is fine."""

    code = StringField("Zescijferige code", [InputRequired("Vul de code uit je app in.")])
