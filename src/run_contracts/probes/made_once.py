"""A property that is made once, and sends requests to make it.

`functools.cached_property` of Python 3.11 has one lock for all objects of a class: one would wait
inside of it for its turn to send, which another has that waits for the lock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

HolderT = TypeVar("HolderT")
MadeT = TypeVar("MadeT")


class MadeOnce(Generic[HolderT, MadeT]):
    """Keeps what a method returns in its object, which one thread uses."""

    def __init__(self, make: Callable[[HolderT], MadeT]) -> None:
        """Take the method; its docstring is that of the property."""
        self._make = make
        self._name = make.__name__
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        """Keep the value under the name that it has in the class, where it is found first."""
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> MadeOnce[HolderT, MadeT]: ...
    @overload
    def __get__(self, instance: HolderT, owner: type) -> MadeT: ...

    def __get__(self, instance: Any, owner: type) -> Any:
        """Return the value, made now for the first and only time."""
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._make(instance)
        return value


def made_once(make: Callable[[HolderT], MadeT]) -> MadeOnce[HolderT, MadeT]:
    """Return a property that is made once for each object, without a lock."""
    return MadeOnce(make)
