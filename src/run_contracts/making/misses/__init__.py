"""How each kind of requirement is missed, one module a kind of evidence."""
