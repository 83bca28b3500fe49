"""The time by which people log in; a test sets its own."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask, current_app

KEY = "auth_clock"
Clock = Callable[[], datetime]


def install(app: Flask, clock: Clock) -> None:
    """Let `now` answer what `clock` says, in this app."""
    app.extensions[KEY] = clock


def now() -> datetime:
    """This moment, aware, by the clock of the app."""
    moment: datetime = current_app.extensions[KEY]()
    return moment
