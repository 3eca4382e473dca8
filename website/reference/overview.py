"""The first page of the reference: what there is, and where."""

from __future__ import annotations

from website.reference.markdown import link, page, table

CHAPTERS = (
    ("Requirements", "requirements/index.md", "every rule, with an example right and wrong"),
    ("Life cycle", "lifecycle.md", "statuses, edges, fields by status, events of streams"),
    ("Operations", "operations.md", "the requests that the contract speaks of"),
    ("Fields", "fields.md", "the fields of runs and of what surrounds them"),
    ("Codes", "codes.md", "the stable words for how a rule is broken"),
    ("Errata", "errata.md", "where the contract departs from the published documents"),
    ("Dialects", "dialects.md", "older and foreign forms of the protocol"),
    ("Coverage", "coverage.md", "what of the contract can be seen"),
    ("Command line", "cli/index.md", "each command with its options"),
    ("Exit codes", "cli/exit-codes.md", "what a process says at its end"),
    ("pytest", "pytest.md", "fixtures, markers and options of the plugin"),
    ("Python", "python/index.md", "what people import"),
    ("Errors", "errors.md", "what is raised, and when"),
    ("Events", "events.md", "the lines of a report"),
    ("Endpoints", "endpoints.md", "what the reference server answers"),
    ("Faults", "faults.md", "what the reference server can have wrong"),
    ("Degradations", "degradations.md", "what it can lack or do badly as a whole"),
    ("Troubles", "troubles.md", "what a client can be made to meet"),
)
"""The chapters: title, page, and what is in it."""


def overview() -> str:
    """Return the first page."""
    return page(
        "# Reference",
        "Made of the contract, the commands and the code as they are, each time this site is "
        "built.",
        table(
            ("Page", "What is in it"), [(link(title, file), what) for title, file, what in CHAPTERS]
        ),
    )
