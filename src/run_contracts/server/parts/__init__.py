"""The parts of a server, each with one job: each is a plain class that has what it needs.

- `Store` keeps assistants, threads, messages and runs; `Renderer` says how they look on the wire.
- `RunEngine` moves runs along the virtual clock, and writes their events into an `EventLog`.
- `Service` does what clients ask, `ListPages` answers their lists, `RunStream` sends them events.
- `Gate` reads requests, and sees answers off.
- `FileStore` and `VectorStores` keep what is beside runs; no requirement is about them.

`EditionServer` is all of them, wired for one edition. A fault (`run_contracts.server.faults`)
wraps methods of one.
"""
