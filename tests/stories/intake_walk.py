"""A resident at the forms of the intake, without JavaScript: what is on a page is what she can send."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import unescape

import httpx

from linjen.web import rate
from tests.region import Person, Region

Answers = Mapping[str, str | list[str]]

_FIELD = re.compile(r'<(?:input|textarea|button)\b[^>]*\bname="([^"]+)"[^>]*>')
_TYPE = re.compile(r'\btype="([^"]+)"')
_VALUE = re.compile(r'\bvalue="([^"]*)"')


class Walk:
    """One draft in one browser: the page she is on, and the forms on it."""

    def __init__(self, region: Region, who: Person) -> None:
        self.region, self.who = region, who
        self.response: httpx.Response
        self.path = ""

    @property
    def html(self) -> str:
        """The page with its entities as characters."""
        return unescape(self.response.text)

    @property
    def case_id(self) -> str:
        """The draft's id."""
        found = re.search(r"/intakes/([0-9a-f-]{36})", self.path)
        assert found, self.path
        return found[1]

    @property
    def step(self) -> str:
        """The page's name: what follows the draft's id."""
        return self.path.split("/", 3)[3].split("?")[0] if self.path.count("/") > 2 else self.path

    async def begin(self, entry: str = "symptom") -> Walk:
        """Press one of the two cards at home. The limit of new cases an hour is another test's business."""
        rate.forget()
        return await self._follow(await self.who.post("/cases", {"entry": entry}))

    async def open(self, step: str = "", case_id: str | None = None) -> Walk:
        """Open a page of this draft by its address."""
        path = f"/intakes/{case_id or self.case_id}" + (f"/{step}" if step else "")
        self.path = path
        return await self._follow(await self.who.get(path))

    async def _follow(self, response: httpx.Response) -> Walk:
        while response.status_code == 303:
            self.path = response.headers["location"]
            response = await self.who.get(self.path)
        self.response = response
        return self

    def field(self, name: str) -> str:
        """The value of a hidden field."""
        return next(value for found, kind, value in self.fields() if found == name and kind == "hidden")

    def fields(self) -> list[tuple[str, str, str]]:
        """(name, type, value) of every field and button in the main part of the page."""
        main = self.response.text[self.response.text.index("<main") :]
        found = []
        for match in _FIELD.finditer(main):
            kind, value = _TYPE.search(match[0]), _VALUE.search(match[0])
            name = unescape(match[1])
            default = "textarea" if match[0].startswith("<textarea") else "submit"
            found.append((name, kind[1] if kind else default, unescape(value[1]) if value else ""))
        return found

    async def send(self, answers: Answers | None = None, path: str | None = None, **rest: object) -> Walk:
        """Send the page's form with these answers and its hidden fields; `path` when it goes elsewhere."""
        hidden = {name: value for name, kind, value in self.fields() if kind == "hidden" and name != "csrf"}
        form = {name: value for name, value in hidden.items() if name in {"version", "page"}}
        data: dict[str, object] = {**form, **(answers or {})}
        return await self._follow(await self.who.post(path or self.path.split("?")[0], data, **rest))

    async def pass_start(self, text: str, *, patient: str = "", unit: str = "") -> Walk:
        """From the first page to the contact reasons, with everything accepted."""
        if self.step == "patient":
            await self.send({"patient": patient})
        await self.send({"unit": unit} if unit else {})
        if self.step == "consent":
            await self.send({"care_history": "allow", "medication_list": "refuse"})
            await self.send()
        return await self.send({"text": text})

    async def answer_all(self, yes: Callable[[str], str] = lambda code: "no") -> Walk:
        """Answer page after page: `yes` says what to put for each code; unknown for what is no yes-or-no question."""
        for _ in range(60):
            if not self.step.startswith("questions"):
                return self
            await self.send(self.filled(yes))
        raise AssertionError("the questions never end")

    def filled(self, yes: Callable[[str], str] = lambda code: "no") -> dict[str, str]:
        """Answers for the page that is open."""
        answers: dict[str, str] = {}
        radios = {name for name, kind, _ in self.fields() if kind == "radio"}
        for name in radios:
            values = {value for found, _, value in self.fields() if found == name}
            wanted = yes(name)
            if "stated" in values and wanted.replace(",", "").isdecimal():
                answers |= {name: "other", f"{name}.number": wanted}
                continue
            answers[name] = wanted if wanted in values else "unknown"
        for name, kind, _ in self.fields():
            if kind == "checkbox" and name.endswith(".unknown"):
                code = name.removesuffix(".unknown")
                wanted = yes(code)
                if (code, "checkbox", "yes") in self.fields():
                    answers |= {code: "yes"} if wanted == "yes" else {name: "1"} if wanted == "unknown" else {}
                else:
                    answers |= {code: wanted} if wanted.replace(",", "").isdecimal() else {name: "1"}
        if ("none", "checkbox", "1") in self.fields() and "yes" not in answers.values():
            answers["none"] = "1"
        return answers

    async def finish(self) -> Walk:
        """From the end of the questions to the receipt."""
        await self.to_check()
        return await self.send(path=f"/intakes/{self.case_id}/send")

    async def to_pictures(self) -> Walk:
        """Past the self-care advice, wanting contact, and the short form."""
        return await self._until("pictures")

    async def to_check(self, extra: str = "") -> Walk:
        """Past everything that comes after the questions; the short form is answered as far as it must be."""
        return await self._until("check", extra)

    async def _until(self, wanted: str, extra: str = "") -> Walk:
        while self.step != wanted:
            match self.step:
                case "self-care" | "warning":
                    await self.send()
                case "form":
                    await self.send(self.least_form())
                case "about":
                    await self.send({"about": "none"})
                case "pictures":
                    await self.send({"do": "next"})
                case "extra":
                    await self.send({"extra": extra})
                case _:
                    raise AssertionError(f"no way from {self.step} to {wanted}")
        return self

    def least_form(self) -> dict[str, str]:
        """An answer to every question of the short form that is on the page."""
        answers: dict[str, str] = {}
        for name, kind, value in self.fields():
            if name == "about" or (kind == "radio" and name in answers) or kind in {"hidden", "submit"}:
                continue
            answers[name] = {"radio": value, "date": "2026-11-02"}.get(kind, "Svar")
        return answers
