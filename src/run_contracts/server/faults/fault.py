"""What a fault is: wraps around methods of the parts of a server, and how they are written.

A fault is a function with a decorator that says which method it wraps. Its docstring is the id of
the requirement it breaks and a sentence that says what it does. Each gets the server first, to
reach all of its parts, and last the arguments of the method:

- `around(method)`: between them the method as it was, to call or not.
- `after(method)`: between them what the method returned; what the fault returns takes its place.
- `before(method)`: returns nothing; the method follows, unless the fault raises.
- `instead_of(method)`: the method is not called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from inspect import isfunction
from typing import Any, Concatenate, ParamSpec, TypeVar

from run_contracts.server.parts.edition_server import SERVER_PARTS, EditionServer

ID_PARTS = 3
"""Parts of a requirement's id; a fault that is not its first has one more."""
METHODS = {
    method: (place, name)
    for place, part in SERVER_PARTS.items()
    for name, method in vars(part).items()
    if isfunction(method)
}
"""Every method that can be wrapped: the part it belongs to, and its name there."""
Part = TypeVar("Part")
Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")
Method = Callable[Concatenate[Part, Arguments], Returned]
Around = Callable[Concatenate[EditionServer, Callable[Arguments, Returned], Arguments], Returned]
After = Callable[Concatenate[EditionServer, Returned, Arguments], Returned]
Instead = Callable[Concatenate[EditionServer, Arguments], Returned]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrap:
    """What goes around a method of a part.

    The advice is called with the server, the method as it was, and the arguments of a call.
    """

    place: str
    method: str
    advice: Callable[..., Any]

    def put_on(self, server: EditionServer) -> None:
        """Wrap the method of this server's part: all who call it call the wrap from now on."""
        part = getattr(server, self.place)
        inner = getattr(part, self.method)
        setattr(part, self.method, partial(self.advice, server, inner))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A deliberate defect: its id, what it does, and the wraps that do it.

    The id is that of the requirement it breaks; the second fault of one has ``-b`` after it.

    >>> Fault(id="RUN-LIST-005-b", sentence="has_more is always true.", wraps=()).requirement
    'RUN-LIST-005'
    """

    id: str
    sentence: str
    wraps: tuple[Wrap, ...]

    @property
    def requirement(self) -> str:
        """The id of the requirement it breaks."""
        return "-".join(self.id.split("-")[:ID_PARTS])


def wrap(method: Method[Part, Arguments, Returned], advice: Around[Arguments, Returned]) -> Wrap:
    """Return the wrap of a method; raise `TypeError` if it is not one of a part."""
    if method not in METHODS:
        raise TypeError(f"{method!r} is no method of a part, so no fault can wrap it")
    place, name = METHODS[method]
    return Wrap(place=place, method=name, advice=advice)


def changed(
    method: Method[Part, Arguments, Returned], change: Callable[[Returned], Returned]
) -> Wrap:
    """Return the wrap of a method that changes what it returns."""

    def advice(
        _: EditionServer,
        inner: Callable[Arguments, Returned],
        /,
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Returned:
        return change(inner(*args, **kwargs))

    return wrap(method, advice)


def around(
    method: Method[Part, Arguments, Returned],
) -> Callable[[Around[Arguments, Returned]], Fault]:
    """Return what makes a fault of a function that is called in place of a method, with it."""

    def made(function: Around[Arguments, Returned]) -> Fault:
        return described(function, wrap(method, function))

    return made


def after(
    method: Method[Part, Arguments, Returned],
) -> Callable[[After[Returned, Arguments]], Fault]:
    """Return what makes a fault of a function that gets what a method returns."""

    def made(function: After[Returned, Arguments]) -> Fault:
        def advice(
            server: EditionServer,
            inner: Callable[Arguments, Returned],
            /,
            *args: Arguments.args,
            **kwargs: Arguments.kwargs,
        ) -> Returned:
            return function(server, inner(*args, **kwargs), *args, **kwargs)

        return described(function, wrap(method, advice))

    return made


def before(
    method: Method[Part, Arguments, Returned],
) -> Callable[[Instead[Arguments, None]], Fault]:
    """Return what makes a fault of a function that is called before a method."""

    def made(function: Instead[Arguments, None]) -> Fault:
        def advice(
            server: EditionServer,
            inner: Callable[Arguments, Returned],
            /,
            *args: Arguments.args,
            **kwargs: Arguments.kwargs,
        ) -> Returned:
            function(server, *args, **kwargs)
            return inner(*args, **kwargs)

        return described(function, wrap(method, advice))

    return made


def instead_of(
    method: Method[Part, Arguments, Returned],
) -> Callable[[Instead[Arguments, Returned]], Fault]:
    """Return what makes a fault of a function that is called in place of a method."""

    def made(function: Instead[Arguments, Returned]) -> Fault:
        def advice(
            server: EditionServer,
            _: Callable[Arguments, Returned],
            /,
            *args: Arguments.args,
            **kwargs: Arguments.kwargs,
        ) -> Returned:
            return function(server, *args, **kwargs)

        return described(function, wrap(method, advice))

    return made


def described(function: Callable[..., Any], *wraps: Wrap) -> Fault:
    """Return the fault that a docstring describes; raise `TypeError` if it names no requirement."""
    fault, colon, sentence = (function.__doc__ or "").partition(": ")
    if not (colon and fault.startswith("RUN-")):
        raise TypeError(f"{function!r} does not say which requirement it breaks")
    return Fault(id=fault, sentence=sentence.strip(), wraps=wraps)


def faults_in(namespace: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the faults of a module."""
    return (value for value in namespace.values() if isinstance(value, Fault))
