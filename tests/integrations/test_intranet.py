"""The demo's pages for staff: what Linjen's support page links to answers, and a suggestion is thanked for."""

from __future__ import annotations

import httpx
import pytest

from linjen.core.errors import Misconfigured
from linjen.simulators import intranet


async def test_each_link_leads_to_a_page_and_a_suggestion_is_kept_and_thanked_for() -> None:
    running = await intranet.serve("Region Exempel", allowed=True)
    try:
        async with httpx.AsyncClient(trust_env=False) as http:
            for url, words in (
                (running.training_url, "Webbkurs"),
                (running.status_url, "Planerade stopp"),
                (running.suggestions_url, "Vad kan bli bättre?"),
            ):
                page = await http.get(url)
                assert page.status_code == 200 and words in page.text and "Region Exempel" in page.text
            sent = await http.post(running.suggestions_url, data={"text": "Större <b>knappar</b>"})
            assert "Ditt förslag är skickat" in sent.text
            assert running.suggested == ["Större <b>knappar</b>"]
            empty = await http.post(running.suggestions_url, data={"text": "  "})
            assert "Tack" not in empty.text and len(running.suggested) == 1
            assert (await http.get(running.training_url.replace("utbildning", "annat"))).status_code == 404
    finally:
        await running.stop()


async def test_it_refuses_to_run_where_simulators_may_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LINJEN_SIMULATORS", raising=False)
    with pytest.raises(Misconfigured):
        await intranet.serve("Region Exempel")
