"""The table of docs/clients.md: a row for each operation, a column for each client."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.clients.known_clients import CLIENTS, Client
from tests.clients.operations import OPERATIONS
from tests.clients.running import Trial

PAGE = Path(__file__).parents[2] / "docs" / "clients.md"
BEGIN, END = "<!-- clients: begin -->\n", "<!-- clients: end -->\n"
WORKS, LACKS, UNTRIED = "yes", "—", "not tried"
Column = Mapping[str, str]
"""The cells of a client by operation."""


def written(text: str, trials: Iterable[Trial]) -> str:
    """Return a page with its table made anew; the columns of other clients stay as they were."""
    known = {**columns(text), **{trial.client.title: column(trial) for trial in trials}}
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{table(known)}\n{installed()}\n{END}{rest.partition(END)[2]}"


def column(trial: Trial) -> Column:
    """Return the cells of a client as it was tried."""
    return {name: _cell(trial, name) for name in OPERATIONS}


def expected(client: Client) -> Column:
    """Return the cells of a client that does all that it has, but for its known defects."""
    reasons = {name: defect.reason for name, defect in client.defects.items()}
    return column(Trial(client=client, outcomes=dict.fromkeys(client.offered, "") | reasons))


def _cell(trial: Trial, name: str) -> str:
    if name not in trial.outcomes:
        return LACKS
    reason = trial.outcomes[name]
    if trial.client.is_known(name, reason):
        return f"no: {trial.client.defects[name].does}"
    return f"**no**: {reason.replace('|', '/')}" if reason else WORKS


def installed() -> str:
    """Return the table of what is installed for each client."""
    lines = [["client", "name here", "installed"], ["---"] * 3]
    for client in CLIENTS.values():
        packages = ", ".join(f"`{package}`" for package in client.packages)
        lines.append([client.title, f"`{client.name}`", packages])
    return _rendered(lines)


def table(known: Mapping[str, Column]) -> str:
    """Return the table of operations, with what is known of each client."""
    titles = [client.title for client in CLIENTS.values()]
    lines = [["operation", "what is seen", *titles], ["---"] * (2 + len(titles))]
    for name, sentence in OPERATIONS.items():
        cells = [known.get(title, {}).get(name, UNTRIED) for title in titles]
        lines.append([f"`{name}`", sentence, *cells])
    return _rendered(lines)


def _rendered(lines: Iterable[Iterable[str]]) -> str:
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def columns(text: str) -> dict[str, Column]:
    """Return the columns of the table of a page, by what it calls the clients."""
    inside = text.partition(BEGIN)[2].partition(END)[0]
    first = inside.strip().partition("\n\n")[0]
    lines = [line.strip("| \n").split(" | ") for line in first.splitlines()]
    if not lines:
        return {}
    (_, _, *titles), _, *rows = lines
    return {
        title: {row[0].strip("`"): row[2 + at] for row in rows} for at, title in enumerate(titles)
    }
