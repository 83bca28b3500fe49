"""Background jobs: a queue beside the database, and the worker that `make run` starts."""

from functools import partial

import click
from flask import Flask
from flask.cli import with_appcontext
from huey import PostgresHuey, SqliteHuey, crontab
from huey.api import Huey
from sqlalchemy import make_url

from cmk_admin import database, files, mail, tasks
from cmk_admin.auth import attempts, clock, interrupted, links
from cmk_admin.settings import Settings
from cmk_admin.tasks.worker import BEAT, SILENT
from models.base import nu


def register(app: Flask) -> None:
    """Give the app its queue, the recurring jobs, and `flask jobs`, the worker."""
    huey = _make_queue(app.extensions["cmk_settings"])
    app.extensions["huey"] = huey

    @huey.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]
    def send_mail() -> None:
        with app.app_context():
            mail.send_waiting()

    # Called, it is put in the queue: the worker takes it within seconds.
    app.extensions["cmk_send_mail"] = send_mail

    @huey.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]
    def run_tasks() -> None:
        with app.app_context():
            tasks.run_waiting()

    app.extensions["cmk_run_tasks"] = run_tasks

    @huey.periodic_task(crontab(hour="4", minute="17"))  # type: ignore[untyped-decorator]
    def sweep() -> None:
        with app.app_context():
            now = clock.now()
            for clean in (
                partial(attempts.sweep, now),
                partial(files.sweep, now),
                partial(interrupted.sweep, now),
                partial(links.sweep, now),
                mail.sweep_files,
                partial(tasks.sweep, nu()),
            ):
                try:
                    clean()
                except Exception:
                    # Each by itself: what keeps one from its work keeps no other from it.
                    app.logger.exception("opruimen ging mis")

    @huey.periodic_task(crontab(hour="4", minute="37"))  # type: ignore[untyped-decorator]
    def look_at_tables() -> None:
        with app.app_context():
            database.look_at_tables()

    app.cli.add_command(work)


def _make_queue(settings: Settings) -> Huey:
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        settings.instance.mkdir(parents=True, exist_ok=True)
        return SqliteHuey(
            "cmk", filename=str(settings.instance / "jobs.sqlite3"), immediate=settings.testing
        )
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return PostgresHuey("cmk", dsn=dsn, immediate=settings.testing)


@click.command("jobs")
@with_appcontext
def work() -> None:
    """Voer achtergrondtaken uit, tot dit proces wordt gestopt."""
    from flask import current_app

    database.look_at_tables()
    # What was being done when the previous worker ended: silent by then.
    current_app.extensions["cmk_run_tasks"].schedule(delay=SILENT + BEAT)
    # Two: one does a large job, which may take minutes; the other sends mail.
    current_app.extensions["huey"].create_consumer(workers=2, periodic=True).run()
