"""The functions that made runs offer and call: what each takes, is called with and answers.

Every property is required and no other is allowed, so that the parameters are fit for `strict`,
too; what may be left out is null.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from run_contracts.types import JSONObject


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedFunction:
    """A function as a tool offers it; `parameters` is a JSON Schema.

    The outputs are JSON texts; each answers the arguments that stand at the same place.
    """

    name: str
    description: str
    parameters: JSONObject
    arguments: tuple[JSONObject, ...]
    outputs: tuple[str, ...]

    @property
    def described(self) -> JSONObject:
        """What a tool says of it: its name, what it does, and what it takes."""
        return {
            "name": self.name,
            "description": self.description,
            "parameters": self.parameters,
        }


Answered = tuple[JSONObject, JSONObject]
"""Arguments, and what answers them."""


def _function(
    name: str, description: str, properties: Mapping[str, JSONObject], *calls: Answered
) -> OfferedFunction:
    return OfferedFunction(
        name=name,
        description=description,
        parameters={
            "type": "object",
            "properties": dict(properties),
            "required": list(properties),
            "additionalProperties": False,
        },
        arguments=tuple(arguments for arguments, _ in calls),
        outputs=tuple(json.dumps(output) for _, output in calls),
    )


def _text(description: str, **more: Any) -> JSONObject:
    return {"type": "string", "description": description, **more}


FUNCTIONS = (
    _function(
        "get_weather",
        "Get the current weather of a city.",
        {
            "city": _text("The name of the city, e.g. Lisbon"),
            "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
        },
        (
            {"city": "Lisbon", "unit": "celsius"},
            {"temperature": 21.5, "unit": "celsius", "conditions": "sunny"},
        ),
        (
            {"city": "Oslo", "unit": "celsius"},
            {"temperature": -3.0, "unit": "celsius", "conditions": "light snow"},
        ),
        (
            {"city": "Chicago", "unit": "fahrenheit"},
            {"temperature": 54.0, "unit": "fahrenheit", "conditions": "windy"},
        ),
        (
            {"city": "Osaka", "unit": "celsius"},
            {"temperature": 27.8, "unit": "celsius", "conditions": "scattered clouds"},
        ),
    ),
    _function(
        "look_up_order",
        "Look up an order of the customer by its number.",
        {"order_id": _text("The number of the order, e.g. A-7341")},
        ({"order_id": "A-7341"}, {"order_id": "A-7341", "state": "shipped", "carrier": "UPS"}),
        ({"order_id": "A-2086"}, {"order_id": "A-2086", "state": "in preparation"}),
        ({"order_id": "B-9110"}, {"error": "There is no order B-9110."}),
    ),
    _function(
        "search_flights",
        "Search flights between two airports on a day.",
        {
            "origin": _text("IATA code of the airport to leave from"),
            "destination": _text("IATA code of the airport to arrive at"),
            "date": _text("The day to leave, as YYYY-MM-DD"),
            "return_date": {
                "type": ["string", "null"],
                "description": "The day to fly back, as YYYY-MM-DD; null for one way",
            },
        },
        (
            {"origin": "OSL", "destination": "NRT", "date": "2026-03-14", "return_date": None},
            {"flights": [{"number": "AY966", "departure": "10:25", "price": 684.0}]},
        ),
        (
            {
                "origin": "LIS",
                "destination": "BER",
                "date": "2025-11-02",
                "return_date": "2025-11-09",
            },
            {"flights": [{"number": "TP536", "departure": "07:05", "price": 219.9}]},
        ),
        (
            {"origin": "YUL", "destination": "KEF", "date": "2025-12-24", "return_date": None},
            {"flights": []},
        ),
    ),
    _function(
        "convert_currency",
        "Convert an amount of money at today's rate.",
        {
            "amount": {"type": "number", "description": "How much to convert", "minimum": 0},
            "source": _text("ISO 4217 code of the currency of the amount"),
            "target": _text("ISO 4217 code of the currency to convert to"),
        },
        ({"amount": 120.5, "source": "CHF", "target": "EUR"}, {"amount": 128.67, "rate": 1.0678}),
        ({"amount": 40, "source": "USD", "target": "JPY"}, {"amount": 5912.0, "rate": 147.8}),
        ({"amount": 999.99, "source": "GBP", "target": "USD"}, {"amount": 1329.99, "rate": 1.33}),
    ),
    _function(
        "send_reminder",
        "Remind the user of something at a time of the day.",
        {
            "text": _text("What to be reminded of"),
            "at": _text("The time as HH:MM, 24 hours"),
        },
        ({"text": "Water the plants", "at": "09:30"}, {"scheduled": True, "at": "09:30"}),
        ({"text": "Call the dentist", "at": "14:00"}, {"scheduled": True, "at": "14:00"}),
        ({"text": "Send the invoice", "at": "17:45"}, {"scheduled": True, "at": "17:45"}),
    ),
    _function(
        "search_articles",
        "Search the help center for articles about a question.",
        {
            "query": _text("Words to search for"),
            "limit": {"type": "integer", "minimum": 1, "maximum": 10},
        },
        (
            {"query": "reset password", "limit": 3},
            {"articles": [{"id": 118, "title": "How to reset your password"}]},
        ),
        (
            {"query": "change invoice address", "limit": 2},
            {
                "articles": [
                    {"id": 27, "title": "Your billing details"},
                    {"id": 311, "title": "Correcting an invoice"},
                ]
            },
        ),
        ({"query": "delete account", "limit": 5}, {"articles": []}),
    ),
    _function(
        "create_ticket",
        "Open a ticket for the support team.",
        {
            "subject": _text("One line that says what is wrong"),
            "priority": {"type": "string", "enum": ["low", "normal", "high"]},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        (
            {"subject": "Parcel arrived damaged", "priority": "high", "tags": ["shipping"]},
            {"ticket": 4711, "state": "open"},
        ),
        (
            {"subject": "Charged twice in May", "priority": "normal", "tags": ["billing", "card"]},
            {"ticket": 4726, "state": "open"},
        ),
        (
            {"subject": "App is slow on old phones", "priority": "low", "tags": []},
            {"ticket": 4730, "state": "open"},
        ),
    ),
    _function(
        "get_stock_price",
        "Get the latest price of a share.",
        {"symbol": _text("The symbol of the share at its exchange, e.g. MSFT")},
        ({"symbol": "MSFT"}, {"symbol": "MSFT", "price": 467.12, "currency": "USD"}),
        ({"symbol": "SAP"}, {"symbol": "SAP", "price": 251.4, "currency": "EUR"}),
        ({"symbol": "ASML"}, {"symbol": "ASML", "price": 689.3, "currency": "EUR"}),
    ),
)
FUNCTIONS_BY_NAME: Mapping[str, OfferedFunction] = {one.name: one for one in FUNCTIONS}
