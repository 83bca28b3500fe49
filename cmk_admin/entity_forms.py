"""Filling in the forms of an entity: create, edit, one cell of a list."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from flask import flash, jsonify, redirect, request, url_for
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as BaseResponse

from cmk_admin import attributes, database, editing, files, integrity, references
from cmk_admin.entity_pages import cell_text
from cmk_admin.forms import builder
from cmk_admin.forms.builder import EntityForm
from cmk_admin.forms.fields import Filled, to_id
from cmk_admin.gate import Locked, once, with_retry
from cmk_admin.page import Conflict, Crumb, FormError, FormPage, PageHeader
from cmk_admin.policy import keuzes_van, velden_van
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor
from models.base import Entiteit, MetBestand, RegelFout

if TYPE_CHECKING:
    from cmk_admin.entity_view import EntityView

INVALID, STALE = 422, 409
KEY_LENGTH = 64
#: In the address: the one field that a form asks, which is the file of a row.
ONLY = "veld"


class StaleForm(Exception):
    """Someone else saved first; both values are in `conflicts`."""

    def __init__(self, conflicts: tuple[Conflict, ...], by: str) -> None:
        self.conflicts = conflicts
        self.by = by
        super().__init__(by)


def new_key() -> str:
    """The key that makes a doubled submit one."""
    return secrets.token_urlsafe(24)


def read_key(form: EntityForm) -> str:
    """The key of this sending; raises a 400 page when it is not ours."""
    key = form.sleutel.data or ""
    if not 16 <= len(key) <= KEY_LENGTH or not key.isascii() or not key.isprintable():
        raise BadRequest
    return str(key)


class FormRunner:
    """The forms of one EntityView, for one request."""

    def __init__(self, view: "EntityView") -> None:
        self.view = view
        self.entity = view.model
        self.session = database.session()
        self.stored: files.Stored | None = None
        self.file_alone = request.args.get(ONLY) == files.FIELD and issubclass(
            self.entity, MetBestand
        )

    # --- create ---------------------------------------------------------------

    def create(self) -> Any:
        form = builder.form_class(self.entity)(data=self._first_values())
        self._hide_the_only_party(form)
        self._offer_what_may_be(form, Handeling.MAKEN)
        if request.method == "GET":
            form.sleutel.data = new_key()
            return self._page(form, None)
        if not form.validate():
            editing.rules_too(form, self.entity)
            return self._page(form, None), INVALID
        return self._try(form, None, lambda: self._insert(form))

    def _hide_the_only_party(self, form: EntityForm) -> None:
        """Who has one contractpartij is not asked which; it goes along and is judged as ever."""
        own, field = actor().partijen(), form._fields.get("contractpartij_id")
        if field is not None and len(own) == 1 and field.data == own[0]:
            field.widget_kind = "hidden"

    def _offer_what_may_be(self, form: EntityForm, handeling: Handeling) -> None:
        """Where a condition limits a choice, only what meets it; when that is one, it is chosen."""
        for name, meets in keuzes_van(actor(), handeling, self.entity).items():
            field, target = form._fields.get(name), attributes.attribute(self.entity, name).target
            if field is None or target is None:
                continue
            field.options = references.options(target, meets)
            offered = list(field.options())
            if field.data is None and len(offered) == 1 and not field.raw_data:
                field.data = offered[0][0]

    def _first_values(self) -> dict[str, Any]:
        """Defaults of the model, what the address gives, and the only contractpartij."""
        values: dict[str, Any] = {}
        for attribute in attributes.in_form(self.entity):
            if attribute.name in self.entity.__table__.columns:
                default = self.entity.__table__.columns[attribute.name].default
                if default is not None and default.is_scalar:
                    values[attribute.name] = default.arg
            if attribute.kind in ("reference", "year"):
                with suppress(ValueError):
                    values[attribute.name] = to_id(request.args.get(attribute.name, ""))
        own = actor().partijen()
        if len(own) == 1:
            values.setdefault("contractpartij_id", own[0])
        return values

    def _insert(self, form: EntityForm) -> str:
        row = self.entity()
        if self.view.beside.prepare is not None:
            self.view.beside.prepare(row)
        self._fill(form, row)
        self.session.add(row)
        self.session.flush()
        flash(f"{self.entity.woord.titel} “{row}” is toegevoegd.", "success")
        if "_nog_een" in request.form:
            return url_for(f"{self.view.endpoint}.create_view")
        return self._back(row)

    def _fill(self, form: EntityForm, row: Entiteit) -> None:
        editing.fill(self.session, form, row)
        if self.stored is not None and isinstance(row, MetBestand):
            files.attach(row, self.stored)

    def _store(self, form: EntityForm) -> None:
        """File first, row second; once, however often saving is tried."""
        upload = form._fields.get(files.FIELD)
        if upload is not None and upload.data is not None:
            self.stored = files.store(upload.data)

    def _back(self, row: Entiteit) -> str:
        return self.view.return_url() if request.values.get("url") else self.view.row_url(row)

    # --- edit -----------------------------------------------------------------

    def edit(self, row: Any) -> Any:
        form = self._edit_form(row)
        if request.method == "GET":
            form.sleutel.data = new_key()
            form.versie_token.data = editing.version_token(row)
            return self._page(form, row)
        editing.choose(form, row, request.form)
        base = self._base(form, row)
        if not form.validate():
            editing.rules_too(form, self.entity, row)
            return self._page(form, row), INVALID
        return self._try(form, row, lambda: self._update(form, row, base))

    def _edit_form(self, row: Any) -> EntityForm:
        allowed = velden_van(actor(), row)
        if self.file_alone:
            alone = frozenset({files.FIELD})
            allowed = alone if allowed is None else alone & allowed
        form_class = builder.form_class(self.entity, allowed, row)
        values = {
            attribute.name: editing.current_value(row, attribute.name)
            for attribute in attributes.in_form(self.entity)
        }
        for attribute in attributes.in_form(self.entity):
            if attribute.ui.vast:
                values[attribute.name] = cell_text(attribute, row)
        form = form_class(data=values)
        if self.file_alone and (field := form._fields.get(files.FIELD)) is not None:
            field.validators, field.flags.required = [Filled()], True
        self._offer_what_may_be(form, Handeling.WIJZIGEN)
        return form

    def _base(self, form: EntityForm, row: Any) -> editing.Base:
        try:
            return editing.read_token(form.versie_token.data or "", row)
        except editing.BadToken:
            raise BadRequest from None

    def _update(self, form: EntityForm, row: Any, base: editing.Base) -> str:
        conflicts, by = editing.stale(self.session, form, row, base)
        if conflicts or (row.versie != base.versie and not self.file_alone):
            raise StaleForm(conflicts, by)
        self._fill(form, row)
        self.session.flush()
        flash(f"“{row}” is bewaard.", "success")
        return self._back(row)

    # --- saving ---------------------------------------------------------------

    def _try(self, form: EntityForm, row: Any, work: Any) -> Any:
        """Save once, or show the form again with what stood in the way."""
        key = read_key(form)
        try:
            self._store(form)
            with self._file_goes_if_it_fails():
                return redirect(once(self.session, key, work))
        except RegelFout as refused:
            self.session.rollback()
            return self._page(form, row, editing.put_errors(form, refused.fouten)), INVALID
        except IntegrityError as error:
            self.session.rollback()
            fout = integrity.translate(error)
            return self._page(form, row, editing.put_errors(form, [fout])), INVALID
        except Locked as closed:
            # Closed while the form was open: what was typed is not lost.
            self.session.rollback()
            reason = FormError("", "", f"{closed.reason} {closed.help}".strip())
            return self._page(form, row, (reason,)), STALE
        except StaleForm as stale:
            self.session.rollback()
            return self._stale(form, row, stale.conflicts, stale.by), STALE
        except StaleDataError:
            self.session.rollback()
            self.session.refresh(row)
            base = self._base(form, row)
            return self._stale(form, row, *editing.stale(self.session, form, row, base)), STALE

    @contextmanager
    def _file_goes_if_it_fails(self) -> Iterator[None]:
        """No row, then no file either."""
        try:
            yield
        except BaseException:
            if self.stored is not None:
                files.forget(self.stored)
            raise

    def _stale(self, form: EntityForm, row: Any, conflicts: tuple[Conflict, ...], by: str) -> str:
        """The form as typed, with both values, made from the row as it is now."""
        form.versie_token.data = editing.version_token(row)
        form.sleutel.data = new_key()
        return self._page(form, row, (), conflicts, by)

    def _page(
        self,
        form: EntityForm,
        row: Any,
        loose: tuple[FormError, ...] = (),
        conflicts: tuple[Conflict, ...] = (),
        by: str = "",
    ) -> str:
        word = self.entity.woord
        title = word.nieuw if row is None else f"{row} wijzigen"
        if row is not None and self.file_alone:
            title = f"Bijlage bij “{row}”"
        crumbs = (*self.view.trail(row), Crumb(word.nieuw if row is None else str(row)))
        page = FormPage(
            header=PageHeader(title, crumbs=crumbs),
            form=form,
            action_url=request.full_path.removesuffix("?"),
            cancel_url=self.view.return_url() if row is None else self._back(row),
            errors=editing.all_errors(form, loose),
            conflicts=conflicts,
            conflict_by=by,
        )
        page_html: str = self.view.render(self.view.create_template, page=page)
        return page_html

    # --- one cell -------------------------------------------------------------

    def inline(self, row: Any) -> BaseResponse:
        allowed = velden_van(actor(), row)
        names = [
            a.name
            for a in attributes.listed(self.entity)
            if a.ui.inline and a.name in request.form and (allowed is None or a.name in allowed)
        ]
        if len(names) != 1:
            raise BadRequest
        form = builder.form_class(self.entity, frozenset(names))()
        if not form.validate():
            return _fault(editing.all_errors(form)[0].message)

        attribute = attributes.attribute(self.entity, names[0])
        seen, now = request.form.get("oud"), cell_text(attribute, row)
        if seen is not None and seen != now:
            return _fault(f"Intussen gewijzigd in “{now or 'leeg'}”. Laad de lijst opnieuw.", STALE)

        def save() -> None:
            editing.fill(self.session, form, row)
            self.session.commit()

        try:
            with_retry(self.session, save)
        except RegelFout as refused:
            self.session.rollback()
            return _fault(refused.fouten[0].tekst)
        except IntegrityError as error:
            self.session.rollback()
            return _fault(integrity.translate(error).tekst)
        return jsonify(tekst=cell_text(attribute, row), naam=str(row))


def _fault(text: str, status: int = INVALID) -> BaseResponse:
    response = jsonify(fout=text)
    response.status_code = status
    return response
