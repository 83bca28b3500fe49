"""Django's admin over the copied tables; imported once its settings are there."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import models, transaction
from django.test import RequestFactory
from django.urls import path

from benchmarks.rivals import SHOWN

#: Rows of one page of Django's change list, unless told otherwise.
MOST = 100


class Doel(models.Model):
    naam = models.TextField()
    rang = models.IntegerField()

    class Meta:
        app_label, db_table, managed, ordering = "admin", "doel", False, ("rang",)

    def __str__(self) -> str:
        return str(self.naam)


class Verantwoording(models.Model):
    kalenderjaar = models.IntegerField()

    class Meta:
        app_label, db_table, managed = "admin", "verantwoording", False

    def __str__(self) -> str:
        return str(self.kalenderjaar)


class Activiteit(models.Model):
    naam = models.TextField()
    verantwoording = models.ForeignKey(Verantwoording, models.DO_NOTHING)
    contractpartij_id = models.IntegerField()
    doel = models.ForeignKey(Doel, models.DO_NOTHING)
    aantal_activiteiten = models.IntegerField(null=True)
    duur = models.IntegerField()
    startdatum = models.DateField()
    einddatum = models.DateField()

    class Meta:
        app_label, db_table, managed = "admin", "activiteit", False


class ActiviteitAdmin(admin.ModelAdmin):
    """As it comes, with the page size, columns, search and filter of our list."""

    list_display = SHOWN
    list_filter = ("doel", "startdatum")
    list_select_related = ("doel", "verantwoording")
    list_per_page = 20
    search_fields = ("naam",)
    ordering = ("naam",)
    using = "default"
    mine: int | None = None

    def get_queryset(self, request: Any) -> Any:
        found = super().get_queryset(request).using(self.using)
        return found.filter(contractpartij_id=self.mine) if self.mine else found


site = admin.AdminSite()
site.register(Activiteit, ActiviteitAdmin)
urlpatterns = [path("admin/", site.urls)]


def page(using: str, mine: int | None, given: dict[str, Any]) -> Callable[[], object]:
    """One request for the list, up to the last byte of its page."""
    view = ActiviteitAdmin(Activiteit, site)
    view.using, view.mine = using, mine
    user = User(pk=1, username="bench", is_staff=True, is_active=True, is_superuser=True)

    def ask() -> None:
        request = RequestFactory().get("/admin/admin/activiteit/", given)
        request.user = user
        response = view.changelist_view(request)
        if response.status_code != 200:
            raise SystemExit(f"Django: {given} {response.status_code} {response.headers}")
        response.render()

    return ask


def saves() -> Callable[[Sequence[int], int], None]:
    """What the change list does with cells that were edited: save each, log each, at once."""
    call_command("migrate", verbosity=0)
    user, _ = User.objects.get_or_create(
        username="bench", is_staff=True, is_active=True, is_superuser=True
    )
    view = ActiviteitAdmin(Activiteit, site)

    def save(ids: Sequence[int], number: int) -> None:
        request = RequestFactory().post("/admin/admin/activiteit/")
        request.user = user
        with transaction.atomic():
            # As many at a time as a change list shows on one page.
            for start in range(0, len(ids), MOST):
                for row in view.get_queryset(request).filter(pk__in=ids[start : start + MOST]):
                    row.aantal_activiteiten = number
                    view.save_model(request, row, None, True)
                    view.log_change(request, row, [{"changed": {"fields": ["aantal"]}}])

    return save
