"""Reading an upload: a form of several parts, with a file and what it is for."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message

from run_contracts.server.requests.refusal import Refusal, unsupported

PURPOSES = ("assistants", "batch", "fine-tune", "vision", "user_data", "evals")
FORM_TYPE = "multipart/form-data"
MOST_FORM_FIELDS = 20
SHORTEST_LIFE, LONGEST_LIFE = 3_600, 2_592_000
"""Seconds after which a file may expire: an hour to thirty days."""
ANCHOR, SECONDS = "expires_after[anchor]", "expires_after[seconds]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it was uploaded; `lasts` is in seconds, None for as long as it is not deleted."""

    name: str
    content: bytes
    purpose: str
    lasts: int | None


async def read_upload(headers: list[tuple[bytes, bytes]], data: bytes) -> Upload:
    """Return what a form of bytes uploads; refuse what is none, and a purpose there is not."""

    async def receive() -> Message:
        return {"type": "http.request", "body": data, "more_body": False}

    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    if not request.headers.get("content-type", "").lower().startswith(FORM_TYPE):
        raise Refusal(f"A file is uploaded as a form: set the header 'Content-Type: {FORM_TYPE}'.")
    try:
        async with request.form(max_files=1, max_fields=MOST_FORM_FIELDS) as form:
            return await _upload(form)
    except MultiPartException as error:
        raise Refusal(f"We could not parse the form of your request: {error.message}") from None
    except ValueError:
        raise Refusal("We could not parse the form of your request.") from None


async def _upload(form: FormData) -> Upload:
    uploaded, purpose = form.get("file"), form.get("purpose")
    for name, value in (("file", uploaded), ("purpose", purpose)):
        if value is None:
            raise Refusal(
                f"Missing required parameter: '{name}'.",
                param=name,
                code="missing_required_parameter",
            )
    if not isinstance(uploaded, UploadFile):
        raise Refusal(
            "Invalid type for 'file': expected a file, but got a string instead.",
            param="file",
            code="invalid_type",
        )
    if not isinstance(purpose, str) or purpose not in PURPOSES:
        raise unsupported("purpose", str(purpose)[:64], PURPOSES)
    return Upload(
        name=uploaded.filename or "upload",
        content=await uploaded.read(),
        purpose=purpose,
        lasts=_lasts(form),
    )


def _lasts(form: FormData) -> int | None:
    """Return after how many seconds a file shall expire, None for never."""
    if ANCHOR not in form and SECONDS not in form:
        return None
    if form.get(ANCHOR) != "created_at":
        raise unsupported(ANCHOR, str(form.get(ANCHOR))[:64], ("created_at",))
    given = str(form.get(SECONDS, ""))
    is_number = given.isascii() and given.isdigit() and len(given) <= len(str(LONGEST_LIFE))
    if not is_number or not SHORTEST_LIFE <= int(given) <= LONGEST_LIFE:
        raise Refusal(
            f"Invalid '{SECONDS}': expected an integer from {SHORTEST_LIFE} to {LONGEST_LIFE}.",
            param=SECONDS,
            code="invalid_value",
        )
    return int(given)
