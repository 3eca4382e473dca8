"""By what recordings are judged: the contract that was named, or the one that they speak."""

from __future__ import annotations

from typing import Literal, NamedTuple

from run_contracts.contract.loading import Contract, Reading, load
from run_contracts.contract.readings import dialect_named
from run_contracts.recordings.spoken import Spoken
from run_contracts.types import DialectName, Edition

Side = Literal["server", "client", "both"]
NAMED = "as you named it"


class AskedFor(NamedTuple):
    """What somebody said of the contract to judge by; a contract itself does not travel.

    `is_auto` says that edition and dialect are those that are spoken; a fixed `edition` then
    leaves only the dialect to be found. `kind` is what every answer without a request is. `judges`
    says whose side is judged: what the server answered, what the client asked, or both. `is_alone`
    says that nobody whose requests are not seen changes the runs, threads and assistants meanwhile.
    """

    edition: Edition | None = None
    reading: Reading = "wire"
    dialect: DialectName | None = None
    is_auto: bool = True
    kind: str | None = None
    judges: Side = "server"
    is_alone: bool = False

    @classmethod
    def named(  # noqa: PLR0913 - what may be asked for
        cls,
        edition: Edition | None,
        dialect: DialectName | None,
        *,
        reading: Reading = "wire",
        kind: str | None = None,
        is_auto: bool | None = None,
        judges: Side = "server",
        is_alone: bool = False,
    ) -> AskedFor:
        """Return what was named; of a dialect alone its newest edition.

        Without a dialect, that is found out, unless `is_auto` says otherwise. Raises `UsageError`
        for a dialect that there is not.
        """
        if dialect is not None and edition is None:
            edition = dialect_named(dialect).editions[-1]
        auto = dialect is None if is_auto is None else is_auto
        return cls(edition, reading, dialect, auto, kind, judges, is_alone)

    @property
    def fixed(self) -> Spoken | None:
        """What is spoken, if somebody named it."""
        if self.is_auto:
            return None
        return Spoken(self.edition or "v2", self.dialect, NAMED)

    def settled(self, spoken: Spoken) -> Spoken:
        """Return what is spoken within the edition that was asked for."""
        if self.edition in (None, spoken.edition):
            return spoken
        return Spoken(self.edition, None, NAMED)

    def contract(self, spoken: Spoken) -> Contract:
        """Return the contract of what is spoken; the same object each time."""
        return load(spoken.edition, reading=self.reading, dialect=spoken.dialect)
