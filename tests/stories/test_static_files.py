"""Our own files come packed to who takes them so, and the same either way."""

from __future__ import annotations

from linjen.web.assets import STATIC, static_url
from tests.plain_http import plain_client
from tests.region import Region


async def test_a_script_is_packed_for_who_takes_it_and_whole_for_who_does_not(region: Region) -> None:
    whole = (STATIC / "js" / "chat.js").read_bytes()
    url = region.url + static_url("js/chat.js")
    async with plain_client() as http:
        plain = await http.get(url, headers={"accept-encoding": "identity"})
        assert plain.content == whole
        assert "content-encoding" not in plain.headers
        packed = await http.get(url, headers={"accept-encoding": "br, gzip;q=0.8"})
        assert packed.content == whole
        assert packed.headers["content-encoding"] == "gzip"
        assert int(packed.headers["content-length"]) < len(whole) / 2
        assert plain.headers["vary"] == packed.headers["vary"] == "accept-encoding"
