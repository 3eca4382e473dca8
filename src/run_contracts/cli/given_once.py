"""Commands that refuse what is given twice where only one of it can be meant."""

from __future__ import annotations

from collections import Counter

import click

from run_contracts.errors import UsageError


class OnceCommand(click.Command):
    """A command whose options with one value are given once.

    click takes the last one, and whoever gave two files would find one of them missing.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; raise `UsageError` for an option that is given again."""
        if not ctx.resilient_parsing:
            _, _, given = self.make_parser(ctx).parse_args(args=list(args))
            for option, times in Counter(given).items():
                if times > 1 and _has_one_value(option):
                    name = max(option.opts, key=len)
                    raise UsageError(f"{name} is given {times} times, and has one value; say which")
        return super().parse_args(ctx, args)


def _has_one_value(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Option) and not (parameter.multiple or parameter.is_flag)
