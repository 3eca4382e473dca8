"""Names of ours in forms of others, which who writes and who reads them share."""

OWN_NAME = "_runContracts"
"""In a HAR what only a check knows of a request; names that begin with ``_`` are free there."""
