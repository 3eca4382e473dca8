"""Vector stores: sets of files to search. What is put in is there at once, status completed."""

from __future__ import annotations

from dataclasses import dataclass, field

from run_contracts.contract.lifecycle import COMPLETED, EXPIRED
from run_contracts.server.clock import Clock, Ids
from run_contracts.server.parts.file_store import FileStore
from run_contracts.server.parts.records import Wire
from run_contracts.server.requests.refusal import not_found

SECONDS_A_DAY = 86_400
CHUNKING = {
    "type": "static",
    "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400},
}
"""How a file is cut where nothing else is asked for."""


@dataclass(slots=True, kw_only=True)
class VectorStoreRecord:
    """One vector store. Times are virtual, in whole seconds since the epoch.

    `members` are its files as objects of it, by their ids, in the order in which they came;
    `batches` are the ids of files that came together, by the id of their batch.
    """

    id: str
    created_at: int
    last_active_at: int
    name: str
    description: str | None
    expires_after: Wire | None
    metadata: Wire
    members: dict[str, Wire] = field(default_factory=dict)
    batches: dict[str, Wire] = field(default_factory=dict)


class VectorStores:
    """Keeps vector stores; which files there are is known to the store of files alone."""

    def __init__(self, *, clock: Clock, ids: Ids, files: FileStore) -> None:
        """Start with nothing."""
        self._clock = clock
        self._ids = ids
        self._files = files
        self._stores: dict[str, VectorStoreRecord] = {}

    # Stores

    def create(self, body: Wire) -> Wire:
        """Make a store of the files that a body names; a refused one leaves no trace."""
        self._check_files(body.get("file_ids") or [])
        now = int(self._clock.now())
        record = VectorStoreRecord(
            id=self._ids.new("vs_"),
            created_at=now,
            last_active_at=now,
            name=body.get("name") or "",
            description=body.get("description"),
            expires_after=body.get("expires_after"),
            metadata=body.get("metadata") or {},
        )
        for file_id in body.get("file_ids") or []:
            self._put(record, {**body, "file_id": file_id})
        self._stores[record.id] = record
        return self.shown(record)

    def every(self) -> list[Wire]:
        """Return all stores, oldest first."""
        return [self.shown(record) for record in self._stores.values()]

    def find(self, vector_store_id: str) -> VectorStoreRecord:
        """Return a store, or refuse."""
        record = self._stores.get(vector_store_id)
        if record is None:
            raise not_found("vector store", vector_store_id)
        return record

    def modify(self, vector_store_id: str, body: Wire) -> Wire:
        """Change what a body names of a store."""
        record = self.find(vector_store_id)
        if "name" in body:
            record.name = body["name"] or ""
        if "expires_after" in body:
            record.expires_after = body["expires_after"]
        if "metadata" in body:
            record.metadata = body["metadata"] or {}
        return self.shown(self._used(record))

    def delete(self, vector_store_id: str) -> Wire:
        """Forget a store; its files stay."""
        self.find(vector_store_id)
        del self._stores[vector_store_id]
        return {"id": vector_store_id, "object": "vector_store.deleted", "deleted": True}

    def shown(self, record: VectorStoreRecord) -> Wire:
        """Return a store as its wire object."""
        members = self.members(record)
        days = record.expires_after["days"] if record.expires_after else None
        end = None if days is None else record.last_active_at + days * SECONDS_A_DAY
        is_over = end is not None and self._clock.now() >= end
        return {
            "id": record.id,
            "object": "vector_store",
            "created_at": record.created_at,
            "name": record.name,
            "description": record.description,
            "usage_bytes": sum(member["usage_bytes"] for member in members),
            "file_counts": counts(len(members)),
            "status": EXPIRED if is_over else COMPLETED,
            "expires_after": record.expires_after,
            "expires_at": end,
            "last_active_at": record.last_active_at,
            "metadata": record.metadata,
        }

    # Files in a store

    def members(self, record: VectorStoreRecord, among: list[str] | None = None) -> list[Wire]:
        """Return the files of a store that are still there, all or those of some ids."""
        return [
            member
            for file_id, member in record.members.items()
            if self._files.has(file_id) and (among is None or file_id in among)
        ]

    def add(self, vector_store_id: str, body: Wire) -> Wire:
        """Put a file into a store."""
        record = self.find(vector_store_id)
        self._check_files([body["file_id"]])
        return self._put(self._used(record), body)

    def member(self, vector_store_id: str, file_id: str) -> Wire:
        """Return a file of a store, or refuse."""
        record = self.find(vector_store_id)
        if file_id not in record.members or not self._files.has(file_id):
            raise not_found("vector store file", file_id)
        return record.members[file_id]

    def update_member(self, vector_store_id: str, file_id: str, body: Wire) -> Wire:
        """Replace the attributes of a file in a store."""
        member = self.member(vector_store_id, file_id)
        member["attributes"] = body["attributes"] or {}
        return member

    def remove(self, vector_store_id: str, file_id: str) -> Wire:
        """Take a file out of a store; the file itself stays."""
        self.member(vector_store_id, file_id)
        del self.find(vector_store_id).members[file_id]
        return {"id": file_id, "object": "vector_store.file.deleted", "deleted": True}

    def text_of(self, file_id: str) -> str:
        """Return what is in a file as text; what is none in it is replaced."""
        return self._files.find(file_id).content.decode(errors="replace")

    def name_of(self, file_id: str) -> str:
        """Return the name of a file."""
        return str(self._files.find(file_id).wire["filename"])

    # Batches of files

    def add_batch(self, vector_store_id: str, body: Wire) -> Wire:
        """Put several files into a store at once, each with what the body says of it or of all."""
        record = self.find(vector_store_id)
        given = body.get("files") or [{"file_id": each} for each in body.get("file_ids") or []]
        self._check_files([each["file_id"] for each in given])
        for each in given:
            self._put(self._used(record), {**body, **each})
        batch: Wire = {
            "id": self._ids.new("vsfb_"),
            "object": "vector_store.files_batch",
            "created_at": int(self._clock.now()),
            "vector_store_id": vector_store_id,
            "status": COMPLETED,
            "file_counts": counts(len({each["file_id"] for each in given})),
        }
        record.batches[batch["id"]] = {**batch, "files": [each["file_id"] for each in given]}
        return batch

    def find_batch(self, vector_store_id: str, batch_id: str) -> Wire:
        """Return a batch, or refuse; one that is cancelled was completed before."""
        batch = dict(self._batch(vector_store_id, batch_id))
        del batch["files"]
        return batch

    def batch_members(self, vector_store_id: str, batch_id: str) -> list[Wire]:
        """Return the files of a store that came with a batch."""
        batch = self._batch(vector_store_id, batch_id)
        return self.members(self.find(vector_store_id), batch["files"])

    def _batch(self, vector_store_id: str, batch_id: str) -> Wire:
        batch = self.find(vector_store_id).batches.get(batch_id)
        if batch is None:
            raise not_found("vector store file batch", batch_id)
        return batch

    # What they share

    def _check_files(self, file_ids: list[str]) -> None:
        """Refuse files that there are not, before anything is changed."""
        for file_id in file_ids:
            self._files.find(file_id)

    def _put(self, record: VectorStoreRecord, body: Wire) -> Wire:
        strategy = body.get("chunking_strategy") or CHUNKING
        member: Wire = {
            "id": body["file_id"],
            "object": "vector_store.file",
            "usage_bytes": self._files.find(body["file_id"]).wire["bytes"],
            "created_at": int(self._clock.now()),
            "vector_store_id": record.id,
            "status": COMPLETED,
            "last_error": None,
            "chunking_strategy": strategy if strategy["type"] == "static" else CHUNKING,
            "attributes": body.get("attributes") or {},
        }
        record.members[member["id"]] = member
        return member

    def _used(self, record: VectorStoreRecord) -> VectorStoreRecord:
        record.last_active_at = int(self._clock.now())
        return record


def counts(number: int) -> Wire:
    """Return how many files there are by status: all of them are completed.

    >>> counts(2)["total"]
    2
    """
    return {
        "in_progress": 0,
        "completed": number,
        "failed": 0,
        "cancelled": 0,
        "total": number,
    }
