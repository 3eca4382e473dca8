"""Models that the hosted service offered to assistants, and the years in which each edition was.

Every model of an edition had come out before the edition's years begin, so that any of them fits
any moment within.
"""

from __future__ import annotations

from collections.abc import Mapping

MODELS_BY_EDITION: Mapping[str, tuple[str, ...]] = {
    "v1": (
        "gpt-4-turbo",
        "gpt-4-turbo-preview",
        "gpt-4-0125-preview",
        "gpt-3.5-turbo",
        "gpt-4",
    ),
    "v2": (
        "gpt-4o",
        "gpt-4o-mini",
        "gpt-4.1",
        "gpt-4.1-mini",
        "o3-mini",
        "gpt-4.1-nano",
        "gpt-4-turbo",
        "o1",
        "gpt-4o-2024-11-20",
    ),
}
"""Models by edition, the usual ones first."""
REASONING_MODELS = frozenset({"o1", "o3-mini"})
"""Models that spend reasoning tokens and take a reasoning effort."""
YEARS_BY_EDITION: Mapping[str, tuple[int, int]] = {
    "v1": (1_713_139_200, 1_734_479_999),
    "v2": (1_746_057_600, 1_787_702_399),
}
"""The first and the last second, since the epoch, at which runs of an edition are made.

v1 from the published document of 2024-04-15 until 2024-12-17, v2 from 2025-05-01 until
2026-08-25, the day before the hosted service ended.
"""
