"""The exceptions this package raises: one tree, fields first, the last sentence says what to do.

A broken rule is not an exception but a value (`run_contracts.Violation`). The only
exception made of violations is `ContractViolation`, raised by the library door
`run_contracts.assert_valid_run`.
"""

from __future__ import annotations


class RunContractsError(Exception):
    """Base of every error of this package; catch it to catch them all."""


class UsageError(RunContractsError):
    """The caller asked for something that does not exist or cannot be.

    The message names the argument, what was given, and what is allowed.
    """


class MissingExtra(UsageError, ImportError):
    """A library that an extra brings is not installed; the message has the command that adds it."""


class ContractError(RunContractsError):
    """The contract data is missing or malformed (a schema, the lifecycle or the register)."""


class LeftOutWarning(UserWarning):
    """A part of a schema is not understood, and what is made has none of it.

    The message names the place and the keyword; a field that is fixed by the caller is made.
    """


class UnreadableBody(RunContractsError):
    """Bytes that this package declines to read: beyond a stated limit, not wrong as such.

    A body that is *wrong* (not JSON) is a violation; this is for bodies too large or too deep
    to judge safely.
    """


class TargetError(RunContractsError):
    """The server under test could not be used."""


class Unreachable(TargetError):
    """No HTTP conversation could be had with the target: refused, timed out, not HTTP."""


class Refused(TargetError):
    """The target answered, but refuses what every probe needs (wrong key, wrong base URL)."""


class BudgetExceeded(TargetError):
    """The number of requests or seconds granted to a check has been spent."""


class ProfileSpent(BudgetExceeded):
    """A check has sent as many requests as its profile ever sends."""


class HarnessError(RunContractsError):
    """A defect of this package; please report it with the message."""


class ContractViolation(AssertionError):
    """A run breaks the contract; raised only by `run_contracts.assert_valid_run`.

    `violations` holds every broken rule, in order, as values.
    """

    def __init__(self, message: str, violations: tuple[object, ...]) -> None:
        """Keep the violations beside the text that describes them."""
        super().__init__(message)
        self.violations = violations
