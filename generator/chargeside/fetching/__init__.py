"""OCPI over HTTP: fetches all pages of a Locations or Tariffs module into one feed file, which `import` then reads.

An edge of the program: besides the command line the only part that uses the network and the clock. Nothing here touches an
operator's folder, so a pull that fails leaves the last good feed.
"""

from chargeside.fetching.feed import Fetched, Module, fetch, fetch_locations, fetch_tariffs
from chargeside.fetching.server import Limits
from chargeside.fetching.token import ENCODINGS, Encoding, token_from

__all__ = [
    "ENCODINGS",
    "Encoding",
    "Fetched",
    "Limits",
    "Module",
    "fetch",
    "fetch_locations",
    "fetch_tariffs",
    "token_from",
]
