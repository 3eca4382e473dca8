"""What is said of a request without a route: what is wrong with it, and which routes there are."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from textwrap import wrap

from run_contracts.server.app.routes import ENDPOINTS, bare, endpoint_of, methods_at
from run_contracts.server.app.routes.endpoints import Endpoint
from run_contracts.server.app.surfaces import SURFACES, Surface, surface_of

LONGEST_PATH = 200
"""Characters of a path that are looked at and repeated."""
MOST_NEAR = 3
"""Routes that a refusal names."""
LISTING_WIDTH = 98
LEAST_LIKENESS = 0.6
"""How like a route must be to what was asked for, from 0 to 1, to be named."""
DEPLOYMENTS = "/deployments/"
OTHER_APIS = (
    "chat/completions",
    "completions",
    "responses",
    "conversations",
    "embeddings",
    "moderations",
    "images",
    "audio",
    "batches",
    "fine_tuning",
    "realtime",
    "uploads",
)
"""Where paths begin that belong to other APIs of the same hosts."""


def no_route_message(method: str, path: str) -> str:
    """Return what is said of a method and a path that has no route.

    >>> print(no_route_message("POST", "/v1/v1/threads").partition(" Nearest")[0])
    Invalid URL (POST /v1/v1/threads). The path has /v1 twice: the base URL ends with it already.
    """
    shown = path[:LONGEST_PATH]
    surface, plain = surface_of(shown), _innermost(shown)
    other = next((name for name in OTHER_APIS if f"{plain}/".startswith(f"/{name}/")), None)
    near = [] if other else _nearest(method, plain, surface)
    words = [f"Invalid URL ({method} {shown}).", *_misplaced(shown)]
    if other:
        words.append(
            f"This server answers what belongs to runs of assistants, and no {other}: "
            "send those to another base URL."
        )
    if near:
        words.append(f"Nearest: {', '.join(near)}.")
    others = len(ENDPOINTS) - len(near)
    words.append(f"GET {surface.prefix} lists {'the other' if near else 'all'} {others}.")
    return " ".join(words)


def wrong_method_message(method: str, path: str) -> str:
    """Return what is said of a path that has a route, by a method it has not."""
    shown = path[:LONGEST_PATH]
    surface = surface_of(shown)
    there = methods_at(bare(shown)).values()
    offered = ", ".join(_named(each, surface) for each in there)
    return (
        f"Not allowed to {method} on {shown} "
        f"(HINT: Perhaps you meant to use a different HTTP method?) There is: {offered or 'GET'}."
    )


def listed_routes(prefix: str) -> dict[str, object]:
    """Return all routes below a prefix, as the answer to a GET of the base URL."""
    data = [
        {
            "object": "route",
            "method": each.method,
            "path": prefix + _plain(each.path),
            "operation": each.operation,
        }
        for each in ENDPOINTS
    ]
    return {"object": "list", "data": data, "has_more": False}


def compact_routes() -> Iterator[str]:
    """Yield lines that tell people all operations, by what they are about."""
    by_area: dict[str, list[str]] = {}
    for each in ENDPOINTS:
        area = "runs" if "/runs" in each.path else each.path.split("/")[1]
        by_area.setdefault(area, []).append(each.operation)
    widest = max(map(len, by_area))
    for area, operations in by_area.items():
        gap = " " * (widest + 2)
        yield from wrap(
            f"{area:<{widest}}  {' '.join(operations)}", LISTING_WIDTH, subsequent_indent=gap
        )


def _misplaced(path: str) -> Iterator[str]:
    """Yield what is wrong with what stands before a path."""
    before, rest = surface_of(path).prefix, bare(path)
    inner = next((s.prefix for s in SURFACES if f"{rest}/".startswith(f"{s.prefix}/")), None)
    if rest == path and any(f"{surface.prefix}/" in path for surface in SURFACES):
        yield f"Nothing stands before {_listed_prefixes()} here."
    elif rest == path:
        yield "The path lacks /v1: give clients a base URL that ends with it."
    elif inner == before:
        yield f"The path has {inner} twice: the base URL ends with it already."
    elif inner is not None:
        yield f"The path has {inner} after {before}: leave out one of them."
    if rest.startswith(DEPLOYMENTS):
        yield "What belongs to runs lies without /deployments/NAME; bodies name the model."


def _listed_prefixes() -> str:
    *firsts, last = (surface.prefix for surface in SURFACES)
    return f"{', '.join(firsts)} or {last}"


def _innermost(path: str) -> str:
    """Return a path without all that stands before it, of the right and of the wrong.

    >>> _innermost("/api/v1/v1/threads"), _innermost("/openai/deployments/gpt-4o/threads")
    ('/threads', '/threads')
    """
    for surface in SURFACES:
        _, prefix, rest = path.rpartition(f"{surface.prefix}/")
        path = f"/{rest}" if prefix else path
    return f"/{path.split('/', 3)[-1]}" if path.startswith(DEPLOYMENTS) else path


def _nearest(method: str, path: str, surface: Surface) -> list[str]:
    """Return the routes that are likest to what was asked for, likest first."""
    exact = endpoint_of(method, path)
    likeness = {each: _likeness(path, each) for each in ENDPOINTS}
    ranked = sorted(
        (each for each in ENDPOINTS if likeness[each] >= LEAST_LIKENESS),
        key=lambda each: (each is not exact, -likeness[each], each.method != method),
    )
    return [_named(each, surface) for each in ranked[:MOST_NEAR]]


def _likeness(path: str, to: Endpoint) -> float:
    """Return how like a path is to that of an endpoint, whatever the ids in it."""
    asked, there = path.split("/"), _plain(to.path).split("/")
    ids = [at for at, segment in enumerate(there) if segment.startswith("{") and asked[at : at + 1]]
    for at in ids:
        asked[at] = there[at] = "{}"
    return SequenceMatcher(None, "/".join(asked), "/".join(there), autojunk=False).ratio()


def _named(each: Endpoint, surface: Surface) -> str:
    return f"{each.method} {surface.prefix}{_plain(each.path)} ({each.operation})"


def _plain(path: str) -> str:
    """Return a path without what its ids are made of.

    >>> _plain("/models/{model:path}")
    '/models/{model}'
    """
    return path.replace(":path}", "}")
