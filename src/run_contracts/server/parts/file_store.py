"""Files: what clients upload, told apart by its purpose. They know no edition."""

from __future__ import annotations

from dataclasses import dataclass

from run_contracts.server.clock import Clock, Ids
from run_contracts.server.parts.records import Wire
from run_contracts.server.requests.refusal import not_found


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file: its wire object, and what is in it."""

    wire: Wire
    content: bytes


class FileStore:
    """Keeps files in memory, oldest first; one is gone when its time is over."""

    def __init__(self, *, clock: Clock, ids: Ids) -> None:
        """Start with nothing."""
        self._clock = clock
        self._ids = ids
        self._files: dict[str, StoredFile] = {}

    def create(self, *, name: str, content: bytes, purpose: str, lasts: int | None = None) -> Wire:
        """Keep a file for good, or as many seconds as it `lasts`; return its wire object."""
        now = int(self._clock.now())
        wire: Wire = {
            "id": self._ids.new("file-"),
            "object": "file",
            "bytes": len(content),
            "created_at": now,
            "expires_at": None if lasts is None else now + lasts,
            "filename": name,
            "purpose": purpose,
            "status": "processed",
            "status_details": None,
        }
        self._files[wire["id"]] = StoredFile(wire=wire, content=content)
        return wire

    def of_purpose(self, purpose: str | None) -> list[Wire]:
        """Return the files of a purpose, or all of them."""
        there = [stored.wire for stored in self._files.values() if self._is_there(stored)]
        return [wire for wire in there if purpose in (None, wire["purpose"])]

    def find(self, file_id: str) -> StoredFile:
        """Return a file, or refuse."""
        if not self.has(file_id):
            raise not_found("file", file_id)
        return self._files[file_id]

    def has(self, file_id: str) -> bool:
        """Say whether there is such a file."""
        stored = self._files.get(file_id)
        return stored is not None and self._is_there(stored)

    def delete(self, file_id: str) -> Wire:
        """Forget a file; it is in no vector store any more, either."""
        self.find(file_id)
        del self._files[file_id]
        return {"id": file_id, "object": "file", "deleted": True}

    def _is_there(self, stored: StoredFile) -> bool:
        end = stored.wire["expires_at"]
        return end is None or self._clock.now() < end
