"""EntityView: the generated screens of an entity; the only ModelView subclass.

Flask-Admin brings the blueprint, the addresses and the place in the admin; what it does
with rows is replaced here once, so that each of its traps is closed for every entity:
every row comes through the gate's session, every form from the entity's attributes, every
button from `may()`.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NoReturn

from flask import Response, abort, jsonify, redirect, request, url_for
from flask_admin.base import expose
from flask_admin.contrib.sqla.view import ModelView
from werkzeug.wrappers import Response as BaseResponse

from cmk_admin import (
    attributes,
    database,
    downloads,
    exports,
    files,
    history_view,
    listing,
    on_record,
    references,
    weergaven,
)
from cmk_admin.actions import EntityAction
from cmk_admin.actor import Actor
from cmk_admin.auth.interrupted import kept
from cmk_admin.beside import USUAL, Beside
from cmk_admin.bulk import pages as bulk
from cmk_admin.entity_actions import ActionRunner, sent_before
from cmk_admin.entity_forms import FormRunner
from cmk_admin.entity_pages import Screen, details, list_page
from cmk_admin.extensions import db
from cmk_admin.forms.fields import to_id
from cmk_admin.gate import Refused
from cmk_admin.page import Action, Chip, Crumb, PageHeader
from cmk_admin.policy import may, ouder_van
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor, requires, row_address
from cmk_admin.web.targets import safe_target
from models.base import Entiteit

#: What a view returns: a page, a redirect, or a page with its status.
Page = Any
#: Rows that one action takes at the most; lists show a hundred.
MOST_AT_ONCE = 1000


class EntityView(ModelView):
    """List, create, edit, details, delete, export, actions and look-up of one entity."""

    model: type[Entiteit]
    list_template = "admin/model/list.html"
    create_template = edit_template = "admin/model/form.html"
    details_template = "admin/model/details.html"
    can_view_details = True
    can_export = True
    export_types = ("csv", "xlsx")

    def __init__(
        self,
        entity: type[Entiteit],
        url: str,
        actions: Sequence[EntityAction] = (),
        beside: Beside = USUAL,
    ) -> None:
        self.entity_actions = {action.name: action for action in actions}
        self.beside = beside
        self.column_list = [a.name for a in attributes.listed(entity)]
        self.column_details_list = [a.name for a in attributes.detailed(entity)]
        super().__init__(
            entity,
            db,
            name=entity.woord.titel_meervoud,
            endpoint=references.endpoint_of(entity),
            url=url,
        )

    # What Flask-Admin would read from the model by itself: all columns, all relations.
    def _refresh_cache(self) -> None:
        """Nothing to scaffold: the screens read the attributes when they are asked for."""

    def scaffold_auto_joins(self) -> list[Any]:
        return []

    def init_actions(self) -> None:
        """Our actions are objects that ask first, not methods that get raw ids."""

    def _run_view(self, fn: Callable[..., Page], *args: Any, **kwargs: Any) -> Page:
        """Call the view; Flask-Admin's own hides a TypeError behind another one."""
        return fn(self, *args, **kwargs)

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError("EntityView leest en schrijft zelf, door de poort.")

    get_list = get_query = get_count_query = _refuse
    create_model = update_model = delete_model = _refuse

    def get_one(self, id: Any) -> Any:  # noqa: A002 - Flask-Admin's own name
        """The row with this id, if the actor has it in view; else None."""
        try:
            number = to_id(id)
        except ValueError:
            return None
        return database.session().get(self.model, number)

    def row(self, number: Any) -> Any:
        """The row with this id, or a 404 page."""
        found = self.get_one(number)
        if found is None:
            abort(404)
        return found

    def rows(self, ids: Sequence[Any]) -> list[Any]:
        """All these rows, or a 404 page: a foreign or missing one stops the whole."""
        try:
            numbers = list(dict.fromkeys(to_id(id_) for id_ in ids))
        except ValueError:
            abort(404)
        if len(numbers) > MOST_AT_ONCE:
            abort(413)
        found = {row.id: row for row in listing.rows_with(self.model, numbers)}
        if len(found) < len(numbers):
            abort(404)
        return [found[number] for number in numbers]

    def require(self, handeling: Handeling, subject: Any) -> None:
        verdict = may(actor(), handeling, subject)
        if not verdict:
            raise Refused(verdict)

    # --- addresses ------------------------------------------------------------

    @property
    def base(self) -> str:
        return url_for(f"{self.endpoint}.index_view")

    def row_url(self, row: Any) -> str:
        """Where a row's name leads."""
        if self.beside.row_url is not None:
            return self.beside.row_url(row)
        return row_address(f"{self.endpoint}.details_view", row.id)

    def return_url(self) -> str:
        """Where this page was opened from, if that is in the portal; else the list."""
        return safe_target(request.values.get("url")) or self.base

    def crumbs(self) -> tuple[Crumb, ...]:
        own = Crumb(self.model.woord.titel_meervoud, self.base)
        if self.base.startswith("/beheer/") and may(actor(), Handeling.ZIEN, "Rechten"):
            return (Crumb("Beheer", url_for("beheer.index")), own)
        return (own,)

    def trail(self, row: Any = None) -> tuple[Crumb, ...]:
        """The way back to where this page was opened from: the row it hangs under, or the list."""
        back = self.return_url()
        if back.startswith(self.base):
            return self.crumbs()
        above = ouder_van(row) if row is not None else None
        return (Crumb(str(above or self.model.woord.titel_meervoud), back),)

    # --- buttons --------------------------------------------------------------

    def new_action(self) -> Action | None:
        """The pink button, for who may add."""
        if self.model.alleen_poort or not may(actor(), Handeling.MAKEN, self.model):
            return None
        url = url_for(f"{self.endpoint}.create_view")
        return Action(f"+{self.model.woord.nieuw}", url, primary=True)

    def row_actions(self, row: Any) -> tuple[Action, ...]:
        """What this person may do with this row: each button is exactly a `may()`."""
        who = actor()
        found = [Action("Bekijken", self.row_url(row), "search")]
        if self.beside.row_extra is not None:
            found.extend(self.beside.row_extra(row))
        if self.model.alleen_poort:
            return (*found, *self._own_actions(who, row))
        if may(who, Handeling.WIJZIGEN, row):
            url = row_address(f"{self.endpoint}.edit_view", row.id)
            found.append(Action("Wijzigen", url, "edit"))
        found.extend(self._own_actions(who, row))
        if may(who, Handeling.VERWIJDEREN, row):
            url = row_address(f"{self.endpoint}.delete_view", row.id)
            found.append(Action("Verwijderen…", url, "trash", danger=True))
        return tuple(found)

    def _own_actions(self, who: Actor, row: Any) -> list[Action]:
        return [
            Action(
                f"{action.label}…",
                row_address(f"{self.endpoint}.action_view", row.id, "rowid", action=action.name),
                action.icon,
                method="post",
                danger=action.danger,
                name=action.name,
            )
            for action in self.entity_actions.values()
            if may(who, action.handeling, row)
        ]

    def bulk_actions(self) -> tuple[Action, ...]:
        """What this person may do with several rows somewhere."""
        found = [
            Action(f"{action.label}…", "", action.icon, "post", name=action.name)
            for action in self.entity_actions.values()
            if action.bulk and may(actor(), action.handeling, self.model)
        ]
        if self.model.alleen_poort:
            return tuple(found)
        if may(actor(), Handeling.WIJZIGEN, self.model):
            url = url_for(f"{self.endpoint}.bulk_view")
            found.append(Action("Wijzigen in bulk…", url, "edit", "post", name="bulk"))
        if may(actor(), Handeling.SAMENVOEGEN, self.model):
            url = url_for("samenvoegen.rijen", wat=self.endpoint)
            found.append(Action("Samenvoegen…", url, "layers", "post", name="samenvoegen"))
        if may(actor(), Handeling.VERWIJDEREN, self.model):
            found.append(
                Action("Verwijderen…", "", "trash", "post", danger=True, name="verwijderen")
            )
        return tuple(found)

    def screen(self) -> Screen:
        return Screen(
            self.model,
            actor(),
            self.base,
            self.row_url,
            self.row_actions,
            self.bulk_actions(),
            self.new_action(),
        )

    # --- pages ----------------------------------------------------------------

    @expose("/")
    @requires(Handeling.ZIEN)
    def index_view(self) -> Page:
        """The list."""
        query = listing.read_query(self.model, request.args)
        result = listing.fetch(self.model, query)
        screen = self.screen()
        here, views = query.url(self.base), weergaven.of_list(self.model)
        header = PageHeader(
            self.model.woord.titel_meervoud,
            actions=(screen.new,) if screen.new else (),
            chips=tuple(Chip(v.naam, "info") for v in views if weergaven.is_open(v, here)),
        )
        if self.beside.header is not None:
            header = self.beside.header(header)
        on_record.saw_list(self.model)
        menu = tuple(weergaven.menu(views, self.model, self.base, here))
        return self.render(
            self.list_template,
            header=header,
            page=replace(list_page(screen, query, result), views=menu),
            bulk_url=url_for(f"{self.endpoint}.action_view"),
        )

    @expose("/details/")
    @requires(Handeling.ZIEN)
    def details_view(self) -> Page:
        """Everything of one row, with its history."""
        row = self.row(request.args.get("id"))
        on_record.saw_row(row)
        header = PageHeader(
            str(row),
            crumbs=(*self.trail(row), Crumb(str(row))),
            actions=self.row_actions(row)[1:],
        )
        return self.render(
            self.details_template,
            header=header,
            details=details(row),
            history=history_view.history_of(row),
            related=self.beside.related(row) if self.beside.related else (),
        )

    @expose("/new/", methods=("GET", "POST"))
    @requires(Handeling.MAKEN)
    @kept
    def create_view(self) -> Page:
        """A new row."""
        self._not_the_gates_own()
        return FormRunner(self).create()

    @expose("/edit/", methods=("GET", "POST"))
    @requires(Handeling.WIJZIGEN)
    @kept
    def edit_view(self) -> Page:
        """Change a row; a stale edit gives a page with both values."""
        self._not_the_gates_own()
        row = self.row(request.args.get("id"))
        self.require(Handeling.WIJZIGEN, row)
        if request.method == "GET":
            on_record.saw_row(row)
        return FormRunner(self).edit(row)

    @expose("/delete/", methods=("GET", "POST"))
    @requires(Handeling.VERWIJDEREN)
    @kept
    def delete_view(self) -> Page:
        """Ask, saying what hangs under the rows; then delete them, all or none."""
        self._not_the_gates_own()
        if (done := sent_before()) is not None:
            return done
        ids = request.values.getlist("rowid") or request.args.getlist("id")
        return ActionRunner(self).delete(self.rows(ids))

    @expose("/action/", methods=("POST",))
    @requires(Handeling.ZIEN)
    @kept
    def action_view(self) -> Page:
        """Ask, then do an action on the chosen rows, all or none."""
        if (done := sent_before()) is not None:
            return done
        name = request.values.get("action", "")
        ids = request.args.getlist("rowid") or bulk.chosen(self, MOST_AT_ONCE)
        if isinstance(ids, BaseResponse):
            return ids
        if name == "verwijderen":
            self.require(Handeling.VERWIJDEREN, self.model)
            return ActionRunner(self).ask_delete(self.rows(ids))
        action = self.entity_actions.get(name)
        if action is None:
            abort(404)
        self.require(action.handeling, self.model)
        return ActionRunner(self).run(action, self.rows(ids))

    @expose("/bulk/", methods=("GET", "POST"))
    @requires(Handeling.WIJZIGEN)
    @kept
    def bulk_view(self) -> Page:
        """The same change to many rows: chosen, seen, done."""
        self._not_the_gates_own()
        return bulk.answer(self)

    @expose("/export/<export_type>/", methods=("GET", "POST"))
    @requires(Handeling.ZIEN)
    def export(self, export_type: str) -> Page:
        """All that is found, in the same order, as a file; a large one is made by a job."""
        if export_type not in self.export_types:
            abort(404)
        if (query := listing.read_query(self.model, request.args)).unread:
            return redirect(query.url(self.base))  # The list says what is not understood.
        count = exports.count(self.model, request.args)
        if downloads.is_large(count):
            asked = {"entiteit": self.model.__name__, "soort": export_type}
            return downloads.offer(exports.KIND, self.model.woord.titel_meervoud, asked, count)
        columns, statement = exports.chosen(self.model, request.args)
        rows = database.session().scalars(statement).unique()
        write = exports.as_csv if export_type == "csv" else exports.as_xlsx
        on_record.took(f"{self.model.woord.titel_meervoud} ({export_type})")
        return write(columns, rows, exports.name_of(self.model))

    @expose("/ajax/lookup/")
    @requires(Handeling.ZIEN)
    def ajax_lookup(self) -> Response:
        """At most 20 rows for a combobox: `[[id, label, caption], …]`."""
        within = {}
        if partij := request.args.get("contractpartij_id"):
            if not hasattr(self.model, "contractpartij_id"):
                abort(404)
            try:
                within["contractpartij_id"] = to_id(partij)
            except ValueError:
                abort(404)
        found = references.lookup(self.model, request.args.get("query", ""), within)
        return jsonify([[row.id, str(row), row.bijschrift()] for row in found])

    @expose("/ajax/update/", methods=("POST",))
    @requires(Handeling.WIJZIGEN)
    def ajax_update(self) -> BaseResponse:
        """Change one cell in the list; answers `{"tekst", "naam"}` or `{"fout"}`."""
        self._not_the_gates_own()
        row = self.row(request.form.get("list_form_pk"))
        self.require(Handeling.WIJZIGEN, row)
        return FormRunner(self).inline(row)

    @expose("/bestand/")
    @requires(Handeling.ZIEN)
    def download(self) -> BaseResponse:
        """The file of a row, as attachment."""
        return files.serve(self.row(request.args.get("id"))) or abort(404)

    @expose("/afbeelding/")
    @requires(Handeling.ZIEN)
    def picture(self) -> BaseResponse:
        """The file of a row as a picture in a page, when it is one."""
        return files.picture(self.row(request.args.get("id"))) or abort(404)

    def _not_the_gates_own(self) -> None:
        """Rows that only the portal itself writes have no form."""
        if self.model.alleen_poort:
            abort(404)
