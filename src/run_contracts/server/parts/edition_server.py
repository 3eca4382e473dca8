"""The server of one edition: its parts, wired."""

from __future__ import annotations

from dataclasses import dataclass

from run_contracts.server.clock import Clock, Ids
from run_contracts.server.options import ServerOptions
from run_contracts.server.parts.event_log import EventLog
from run_contracts.server.parts.file_store import FileStore
from run_contracts.server.parts.gate import Gate
from run_contracts.server.parts.list_pages import ListPages
from run_contracts.server.parts.renderer import Renderer
from run_contracts.server.parts.run_engine import RunEngine
from run_contracts.server.parts.run_stream import RunStream
from run_contracts.server.parts.service import Service
from run_contracts.server.parts.store import Store
from run_contracts.server.parts.vector_stores import VectorStores
from run_contracts.server.planned_lives import Lives
from run_contracts.types import Edition


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionServer:
    """The parts of a server in one edition; it has a memory of its own, but for `files`."""

    options: ServerOptions
    clock: Clock
    renderer: Renderer
    log: EventLog
    engine: RunEngine
    store: Store
    service: Service
    lists: ListPages
    stream: RunStream
    gate: Gate
    files: FileStore
    vector_stores: VectorStores


SERVER_PARTS = {
    "renderer": Renderer,
    "log": EventLog,
    "engine": RunEngine,
    "store": Store,
    "service": Service,
    "lists": ListPages,
    "stream": RunStream,
    "gate": Gate,
}
"""The parts whose methods a fault may wrap, by the name that a server has for them.

Files and vector stores are neighbours of runs: no requirement is about them, so no fault is."""


def assembled(  # noqa: PLR0913 - what servers share
    options: ServerOptions,
    clock: Clock,
    edition: Edition,
    *,
    ids: Ids | None = None,
    lives: Lives | None = None,
    files: FileStore | None = None,
) -> EditionServer:
    """Return a server with nothing in it; those that share `ids` never give the same one twice.

    Those that share `files` know the same ones, for a client uploads them without an edition.
    """
    own_ids = ids or Ids(options.seed)
    kept_files = files or FileStore(clock=clock, ids=own_ids)
    renderer = Renderer(edition)
    log = EventLog(renderer)
    engine = RunEngine(options=options, clock=clock, renderer=renderer, log=log)
    store = Store(options=options, clock=clock, renderer=renderer, ids=own_ids)
    service = Service(
        clock=clock, store=store, engine=engine, renderer=renderer, lives=lives or Lives()
    )
    return EditionServer(
        options=options,
        clock=clock,
        renderer=renderer,
        log=log,
        engine=engine,
        store=store,
        service=service,
        lists=ListPages(store=store, service=service, renderer=renderer),
        stream=RunStream(clock=clock, engine=engine),
        gate=Gate(edition),
        files=kept_files,
        vector_stores=VectorStores(clock=clock, ids=own_ids, files=kept_files),
    )
