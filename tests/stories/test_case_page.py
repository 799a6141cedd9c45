"""Ärendets sida: what a resident sees of her case in each state, and that nobody else sees any of it."""

from __future__ import annotations

from tests.region import Region


async def test_pages_open(region: Region) -> None:
    astrid = await region.resident("astrid")
    for path in ("/home", "/cases", "/profile", "/support", "/accessibility", f"/cases/{region.cases['waiting']}"):
        page = await astrid.get(path)
        assert page.status_code == 200, (path, page.text[:2000])
