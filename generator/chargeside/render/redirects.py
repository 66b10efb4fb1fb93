"""Renders redirects for nginx, Caddy, hosts that read `_redirects`, and object storage.

Addresses come from `parse_address`, so they hold no quote, backslash, brace or blank, and from site addresses, which hold even
less. nginx compares the keys of a map without regard to case; where that would mix up two addresses, they stand as
patterns.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import urlsplit

from chargeside.plan.jobs import Renderer
from chargeside.plan.redirects import FormerHost, Lead, Redirects, Stub

_NGINX = """\
# Former addresses, for nginx. In the http block:
#   map_hash_bucket_size {bucket};
#   map_hash_max_size {size};
#   map $host$request_uri $chargeside {{ include …/site/nginx-redirects.map; }}
# and in the server block of each former host, and of {host}:
#   if ($chargeside) {{ return 301 $chargeside; }}
default "";
"""
_CADDY = """\
# Former addresses, for Caddy: import this file in the site block of each former host, and of {host}.
map {{host}}{{uri}} {{chargeside}} {{
"""
_CADDY_END = """\
	default -
}
@chargeside not vars {chargeside} -
redir @chargeside {chargeside} permanent
"""
_STATIC = """\
# Former addresses, for hosts that read this file. Rules with a host count where the host answers for several names.
"""
_STUB = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Help for this charger</title>
<meta http-equiv="refresh" content="0; url={to}"><link rel="canonical" href="{to}"><meta name="robots" content="noindex">
<meta name="viewport" content="width=device-width"></head>
<body><p><a href="{to}">Help for this charger</a></p></body></html>
"""


def _keys(lead: Lead) -> Iterator[str]:
    """Host and target as asked for, with and without the last slash."""
    yield lead.host + lead.target
    if "?" not in lead.target and lead.target != "/":
        yield f"{lead.host}{lead.target}/"


def _nginx(redirects: Redirects, _: Mapping[str, Any]) -> bytes:
    pairs = [(key, lead.to) for lead in redirects.leads for key in _keys(lead)]
    alike = Counter(key.casefold() for key, _ in pairs)
    plain = [f'"{key}" "{to}";' for key, to in pairs if alike[key.casefold()] == 1]
    patterns = [f'"~^{re.escape(key)}$" "{to}";' for key, to in pairs if alike[key.casefold()] > 1]
    patterns += [f'"~{pattern}" "{to}";' for pattern, to in _patterns(redirects, "", "$chargeside_rest")]
    head = _NGINX.format(
        bucket=_power(max((len(key) for key, _ in pairs), default=0) + 64),
        size=_power(len(pairs) * 2 + 2048),
        host=urlsplit(redirects.site_url).netloc,
    )
    return _lines(head, plain, patterns)


def _caddy(redirects: Redirects, _: Mapping[str, Any]) -> bytes:
    plain = [f'\t"{key}" "{lead.to}"' for lead in redirects.leads for key in _keys(lead)]
    patterns = [f"\t~{pattern} {to}" for pattern, to in _patterns(redirects, "-", "${chargeside_rest}")]
    head = _CADDY.format(host=urlsplit(redirects.site_url).netloc)
    return _lines(head, plain, patterns) + _CADDY_END.encode()


def _patterns(redirects: Redirects, nothing: str, rest: str) -> Iterator[tuple[str, str]]:
    """Patterns of former sites, to be tried in this order, and what each leads to."""
    site = urlsplit(redirects.site_url)
    if any(former.nested for former in redirects.formers):  # what is below today's site is not former
        yield f"^{re.escape(site.netloc + site.path)}", nothing
    for former in redirects.formers:
        yield f"^{re.escape(former.host + former.base)}(?P<chargeside_rest>.*)$", redirects.site_url + rest


def _power(least: int) -> int:
    """The power of two that is no less."""
    return 1 << max(6, (least - 1).bit_length())


def _lines(head: str, *parts: Iterable[str]) -> bytes:
    return (head + "".join(f"{line}\n" for part in parts for line in part)).encode()


def _static(redirects: Redirects, _: Mapping[str, Any]) -> bytes:
    lines = []
    same = Counter(lead.target for lead in redirects.leads)
    for lead in redirects.leads:
        if any(sign in lead.target for sign in ":*?"):
            lines.append(f"# cannot be said here, a placeholder: https://{lead.host}{lead.target}")
            continue
        lines.append(f"https://{lead.host}{lead.target} {lead.to} 301!")
        first = lead.target.split("/")[1].casefold()
        ours = first in redirects.names or re.fullmatch("[0-9]{7}", first)
        if lead.own or (same[lead.target] == 1 and not ours):
            lines.append(f"{lead.target} {lead.to} 301")
    base = urlsplit(redirects.site_url).path
    for former in redirects.formers:
        if former.nested:
            lines.append(
                f"# cannot be said here, it would lead in a circle: https://{former.host}{former.base}"
            )
            continue
        lines.append(f"https://{former.host}{former.base}* {redirects.site_url}:splat 301!")
        if former.base != base and not base.startswith(former.base):
            lines.append(f"{former.base}* {redirects.site_url}:splat 301")
    return _lines(_STATIC, lines)


def _s3(host: FormerHost, _: Mapping[str, Any]) -> bytes:
    site = urlsplit(host.site_url)
    rules = []
    for former in host.formers:
        condition = {"KeyPrefixEquals": former.base[1:], "HttpErrorCodeReturnedEquals": "404"}
        redirect = {
            "Protocol": "https",
            "HostName": site.netloc,
            "ReplaceKeyPrefixWith": site.path[1:],
            "HttpRedirectCode": "301",
        }
        rules.append(
            {"Condition": _filled(condition), "Redirect": redirect if former.base[1:] else _filled(redirect)}
        )
    settings = {"IndexDocument": {"Suffix": "index.html"}, "RoutingRules": rules}
    return f"{json.dumps(settings, indent=1)}\n".encode()


def _filled(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _stub(stub: Stub, _: Mapping[str, Any]) -> bytes:
    return _STUB.format(to=escape(stub.to)).encode()


RENDERERS: Mapping[str, Renderer] = {
    "redirects.static": _static,
    "redirects.nginx": _nginx,
    "redirects.caddy": _caddy,
    "redirects.s3": _s3,
    "redirects.stub": _stub,
}
"""The renderer of each kind of job."""
