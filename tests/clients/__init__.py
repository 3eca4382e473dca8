"""Real clients drive the reference server, each in an environment of its own.

``python -m tests.clients`` runs those that are named, or all, and prints which operations work;
``--write`` puts that into docs/clients.md. The programs that use the clients are in `drivers/`.
"""
