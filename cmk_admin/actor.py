"""Who acts: bound to a session once, never guessed."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from models.gebruiker import CultuurOostRol, LidRol, Rol


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with their roles, the system by name, or nobody.

    lidmaatschappen: contractpartij id → role there.
    """

    gebruiker_id: int | None
    naam: str
    cultuur_oost_rol: Rol | None = None
    lidmaatschappen: tuple[tuple[int, Rol], ...] = ()
    is_system: bool = field(default=False)

    @classmethod
    def person(
        cls,
        gebruiker_id: int,
        naam: str,
        cultuur_oost_rol: CultuurOostRol | None,
        lidmaatschappen: Iterable[tuple[int, LidRol]],
    ) -> "Actor":
        """An account with its Cultuur Oost role and its role per contractpartij."""
        return cls(
            gebruiker_id,
            naam,
            Rol(cultuur_oost_rol.value) if cultuur_oost_rol else None,
            tuple(sorted((partij, Rol(rol.value)) for partij, rol in lidmaatschappen)),
        )

    @property
    def is_anonymous(self) -> bool:
        return self.gebruiker_id is None and not self.is_system

    @property
    def rollen(self) -> frozenset[Rol]:
        """Every role this person has anywhere."""
        eigen = {rol for _, rol in self.lidmaatschappen}
        if self.cultuur_oost_rol:
            eigen.add(self.cultuur_oost_rol)
        return frozenset(eigen)

    def rollen_bij(self, contractpartij_id: int | None) -> frozenset[Rol]:
        """The roles that count for a row of this contractpartij (None: of nobody's)."""
        if contractpartij_id is None:
            return self.rollen
        rollen = {rol for partij, rol in self.lidmaatschappen if partij == contractpartij_id}
        if self.cultuur_oost_rol:
            rollen.add(self.cultuur_oost_rol)
        return frozenset(rollen)

    def partijen(self, *rollen: Rol) -> tuple[int, ...]:
        """Contractpartijen this person is member of, in one of `rollen` (none given: any)."""
        return tuple(partij for partij, rol in self.lidmaatschappen if not rollen or rol in rollen)


ANONYMOUS = Actor(None, "niet ingelogd")


def system(naam: str) -> Actor:
    """The portal itself, for a named task: an import, a job, the log-in."""
    return Actor(None, naam, is_system=True)
