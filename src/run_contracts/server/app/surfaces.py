"""The surfaces: where the operations lie, and by whose rules they are asked for there.

OpenAI's is ``/v1``: a key as Bearer, and an ``OpenAI-Beta`` header that names the edition. Azure's
are ``/openai``, where the query names a version of the API by ``api-version``, and ``/openai/v1``,
where it may; the key is in ``api-key`` or Bearer, and the version says the edition. A request with
an ``api-version`` is asked by Azure's rules wherever it comes. What is stored is the same
everywhere, and answers have the fields of the newest version, whichever is named.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from run_contracts.contract.azure import KEY_HEADER, VERSION_PARAMETER, edition_of_version
from run_contracts.contract.requirements import EDITIONS
from run_contracts.server.parts.gate import Gate
from run_contracts.server.requests.refusal import GatewayRefusal, Refusal
from run_contracts.types import Edition

BETAS = {f"assistants={edition}": edition for edition in EDITIONS}
"""The editions by what the beta header calls them."""
NEWEST = EDITIONS[-1]
"""The edition that answers what names none, e.g. a request without a key."""
NO_RESOURCE = "Resource not found"
NO_KEY = (
    "You didn't provide an API key. You need to provide your API key in an "
    "Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
)
NO_ACCESS = (
    "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a "
    "valid key for an active subscription and use a correct regional API endpoint for your "
    "resource."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """What stands before all paths, whether Azure's rules hold, and whether a version is needed."""

    prefix: str
    is_azure: bool = False
    needs_version: bool = False

    def is_azure_for(self, request: Request) -> bool:
        """Say whether a request is asked by Azure's rules."""
        return self.is_azure or VERSION_PARAMETER in request.query_params

    def check_access(self, request: Request, key: str, gate: Gate) -> None:
        """Refuse a request without the right key, or without a version where one is needed."""
        if self.is_azure_for(request):
            given = request.headers.get(KEY_HEADER) or _bearer(request)
            if given != key:
                refusal = gate.wrong_key(NO_ACCESS)
                raise GatewayRefusal(refusal.message, status=refusal.status)
            if self.needs_version and not request.query_params.get(VERSION_PARAMETER):
                raise GatewayRefusal(NO_RESOURCE, status=404)
        elif not _bearer(request):
            raise gate.wrong_key(NO_KEY)
        elif _bearer(request) != key:
            raise gate.wrong_key("Incorrect API key provided.")

    def edition_of(self, request: Request) -> Edition | None:
        """Return the edition that a request names, by Azure's version or else by its header."""
        version = request.query_params.get(VERSION_PARAMETER)
        if version:
            return edition_of_version(version) or NEWEST
        return _named_by_beta(request) or (NEWEST if self.is_azure else None)


SURFACES = (
    Surface(prefix="/v1"),
    Surface(prefix="/openai", is_azure=True, needs_version=True),
    Surface(prefix="/openai/v1", is_azure=True),
)


def surface_of(path: str) -> Surface:
    """Return the surface that a path lies on; one that lies on none is taken for OpenAI's.

    >>> surface_of("/openai/v1/threads").prefix, surface_of("/threads").prefix
    ('/openai/v1', '/v1')
    """
    fitting = [each for each in SURFACES if f"{path}/".startswith(f"{each.prefix}/")]
    return max(fitting, key=lambda each: len(each.prefix), default=SURFACES[0])


def _bearer(request: Request) -> str:
    """Return the key of the Authorization header; empty if there is none."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""


def _named_by_beta(request: Request) -> Edition | None:
    """Return the edition that the beta header asks for, if any; it may name other betas, too."""
    for header in request.headers.getlist("openai-beta"):
        for beta in header.split(","):
            if beta.strip() in BETAS:
                return BETAS[beta.strip()]
    return None


def no_route(request: Request, message: str, status: int) -> Refusal:
    """Return the refusal of a path or method that does not exist, as its surface says it."""
    if surface_of(request.url.path).is_azure_for(request):
        return GatewayRefusal(message, status=status)
    return Refusal(message, status=status)
