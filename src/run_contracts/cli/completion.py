"""What the shell offers when a value is half typed: ids, names and statuses of the contract."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from run_contracts.types import Edition

Offered = list[CompletionItem]


def _edition(context: click.Context) -> Edition:
    """Return the edition that was typed before, else the newest."""
    from run_contracts.contract.requirements import EDITIONS  # noqa: PLC0415 - not needed to define options

    given = context.params.get("edition")
    return next((one for one in EDITIONS if one == given), EDITIONS[-1])


def _beginning(typed: str, offered: Iterable[tuple[str, str]]) -> Offered:
    """Return what begins as typed, in whatever case, each with its help."""
    wanted = typed.upper()
    return [
        CompletionItem(name, help=text) for name, text in offered if name.upper().startswith(wanted)
    ]


def requirement_ids(context: click.Context, _: click.Parameter, typed: str) -> Offered:
    """Offer the requirements of the edition, each with its sentence."""
    from run_contracts.contract.requirements import register  # noqa: PLC0415

    known = register(_edition(context)).values()
    return _beginning(typed, ((rule.id, rule.sentence) for rule in known))


def client_requirement_ids(context: click.Context, _: click.Parameter, typed: str) -> Offered:
    """Offer the requirements on clients, each with its sentence."""
    from run_contracts.contract.requirements import client_register  # noqa: PLC0415

    known = client_register(_edition(context)).values()
    return _beginning(typed, ((rule.id, rule.sentence) for rule in known))


def life_ids(_context: click.Context, _: click.Parameter, typed: str) -> Offered:
    """Offer the lives that are played to clients, each with its sentence."""
    from run_contracts.conduct.played_lives import PLAYED_LIVES  # noqa: PLC0415 - heavy

    return _beginning(typed, ((each.id, each.sentence) for each in PLAYED_LIVES.values()))


def every_requirement_id(context: click.Context, _: click.Parameter, typed: str) -> Offered:
    """Offer the requirements of the edition, on servers and on clients, each with its sentence."""
    on_clients = client_requirement_ids(context, _, typed)
    return requirement_ids(context, _, typed) + on_clients


def fault_ids(_: click.Context, __: click.Parameter, typed: str) -> Offered:
    """Offer the faults of the reference server."""
    from run_contracts.server.faults import FAULTS  # noqa: PLC0415 - heavy

    return _beginning(typed, ((fault.id, fault.sentence) for fault in FAULTS.values()))


def fault_words(context: click.Context, parameter: click.Parameter, typed: str) -> Offered:
    """Offer all faults at once, and each."""
    every = _beginning(typed, [("all", "every fault of the edition")])
    return every + fault_ids(context, parameter, typed)


def served_fault_ids(_: click.Context, __: click.Parameter, typed: str) -> Offered:
    """Offer the faults of the reference server, with those that only concurrency shows."""
    from run_contracts.server.faults import SERVED_FAULTS  # noqa: PLC0415 - heavy

    return _beginning(typed, ((fault.id, fault.sentence) for fault in SERVED_FAULTS.values()))


def degradation_ids(_: click.Context, __: click.Parameter, typed: str) -> Offered:
    """Offer the degradations of the reference server."""
    from run_contracts.server.degradations import DEGRADATIONS  # noqa: PLC0415 - heavy

    return _beginning(typed, ((one.id, one.sentence) for one in DEGRADATIONS.values()))


def statuses(context: click.Context, _: click.Parameter, typed: str) -> Offered:
    """Offer the statuses of the edition, in the order of a life."""
    from run_contracts.contract.lifecycle import lifecycle  # noqa: PLC0415

    return _beginning(typed, ((status, "") for status in lifecycle(_edition(context)).fields))


def kinds_made(context: click.Context, _: click.Parameter, typed: str) -> Offered:
    """Offer the kinds of what can be made, or has edge cases."""
    from run_contracts.contract.loading import load  # noqa: PLC0415
    from run_contracts.making.edge_cases.kinds_with_edges import edge_kinds  # noqa: PLC0415 - heavy

    return _beginning(typed, ((kind, "") for kind in edge_kinds(load(_edition(context)))))


def edge_names(context: click.Context, _: click.Parameter, typed: str) -> Offered:
    """Offer the edge cases of the edition."""
    from run_contracts.contract.loading import load  # noqa: PLC0415
    from run_contracts.making.edge_cases.described_cases import (  # noqa: PLC0415 - heavy
        descriptions,
    )

    kind = context.params.get("kind") or "run"
    known = descriptions(load(_edition(context)), kind)
    return _beginning(typed, ((one.name, one.what) for one in known))


def dialects(_: click.Context, __: click.Parameter, typed: str) -> Offered:
    """Offer the dialects that have a name."""
    from run_contracts.contract.readings import dialects as known  # noqa: PLC0415

    return _beginning(typed, ((one.name, one.what) for one in known().values()))
