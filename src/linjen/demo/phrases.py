"""Fraser of the seeded region: what the routine says that phrases are for, in our own words. Examples, not advice."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

import msgspec

from linjen.core.database import Connection


class SeedPhrase(msgspec.Struct, frozen=True):
    """A phrase: its title, what may be typed after the slash, and its text."""

    title: str
    short: str
    body: str


_CENTRE = (
    SeedPhrase(
        "Tack för ditt meddelande", "tack",
        "Hej och tack för ditt meddelande! Jag heter [namn] och är [yrkesroll] på hälsocentralen. Jag läser det du har"
        " skrivit och svarar dig här i chatten.",
    ),
    SeedPhrase(
        "Jag behöver veta lite mer", "mer",
        "Tack för att du berättar. För att hjälpa dig på bästa sätt behöver jag veta lite mer:\n\n[egna ord]",
    ),
    SeedPhrase(
        "Inför kvällen", "kväll",
        "Vi stänger chatten för i dag och är tillbaka [veckodag] [tid]. Ditt ärende finns kvar hos oss, och du kan"
        " skriva här när du vill.\n\nRing 1177 om du behöver råd under tiden. Ring 112 om det är akut.",
    ),
    SeedPhrase(
        "Inför helgen", "helg",
        "Vi stänger chatten inför helgen och är tillbaka [veckodag] den [datum] [tid]. Ditt ärende finns kvar hos oss,"
        " och du kan skriva här när du vill.\n\nRing 1177 om du behöver råd under helgen. Ring 112 om det är akut.",
    ),
    SeedPhrase(
        "Överlämning till kollega", "kollega",
        "Jag lämnar över ditt ärende till min kollega som är [yrkesroll]. Allt du har skrivit följer med, så du behöver"
        " bara svara på det som är nytt. Du får svar här senast [datum] [tid].",
    ),
    SeedPhrase(
        "Överlämning till rehab", "rehab",
        "Jag lämnar över ditt ärende till en fysioterapeut på rehabenheten. De svarar vardagar kl. 10.00–12.00. Allt du"
        " har skrivit följer med. Du får svar här senast [datum].",
    ),
    SeedPhrase(
        "Läkare tittar på det", "läkare",
        "Jag frågar en läkare hos oss och återkommer till dig här senast [datum] [tid].",
    ),
    SeedPhrase(
        "Skicka en bild", "bild",
        "Skicka gärna en bild, så ser jag hur det ser ut. Ta en bild på nära håll och en på lite längre håll, i bra"
        " ljus.",
    ),
    SeedPhrase(
        "Tid är bokad", "tid",
        "Välkommen till oss den [datum] [tid]. Du träffar [yrkesroll] på [mottagning]. Passar tiden inte, skriv till"
        " mig här så hittar vi en ny.",
    ),
    SeedPhrase(
        "Recept är skickat", "recept",
        "Ditt recept på [läkemedel] är skickat. Du kan hämta ut det på vilket apotek du vill i dag.",
    ),
    SeedPhrase(
        "Provtagning", "prov",
        "Välkommen till [mottagning] för provtagning den [datum] [tid]. Ta med legitimation. Du får svar på proverna"
        " här i chatten inom [antal dagar] dagar.",
    ),
    SeedPhrase(
        "Råd hemma och när du hör av dig", "råd",
        "Det du beskriver går att sköta hemma. Det här hjälper:\n\n[egna ord]\n\nHör av dig till oss igen om du inte är"
        " bättre om [antal dagar] dagar, eller tidigare om du blir sämre. Ring 1177 när vi har stängt och 112 om det är"
        " akut.",
    ),
    SeedPhrase(
        "Påminnelse: vi väntar på ditt svar", "påminn",
        "Hej igen! Jag väntar på ditt svar för att kunna hjälpa dig vidare. Skriv till mig här när du har möjlighet,"
        " gärna före [datum].",
    ),
    SeedPhrase(
        "Fortsätt i lugn och ro", "lugn",
        "Du kan svara när det passar dig under de närmaste [antal dagar] dagarna. Jag läser det du skriver när vi har"
        " öppet och svarar så snart jag kan.",
    ),
    SeedPhrase(
        "Avslutning", "hej",
        "Tack för i dag! Jag avslutar ärendet nu. Allt vi har skrivit finns kvar här för dig att läsa. Välkommen att"
        " höra av dig igen när du behöver.",
    ),
    SeedPhrase(
        "Rätt väg till vård", "väg",
        "Tack för att du hör av dig. Det du beskriver får du bäst hjälp med på [mottagning]. Deras telefonnummer är"
        " [telefonnummer] och de har öppet [öppettid].",
    ),
)  # fmt: skip

_OWN = (
    SeedPhrase("Hälsning från Karin", "karin", "Hej! Jag heter Karin och är sjuksköterska på Ankaret."),
    SeedPhrase(
        "Följa upp febern",
        "feber",
        "Hur är febern i dag? Skriv gärna vad termometern visar och när du mätte. Drick ofta, lite i taget, och vila.",
    ),
)

#: Unit -> whose administrator has written its phrases.
_UNITS = {"ankaret": "disa", "bjorken": "pelle"}


def _id_of(name: str) -> object:
    return uuid5(NAMESPACE_URL, f"linjen-demo/{name}")


async def seed_phrases(db: Connection) -> None:
    """The phrases of both health centres and Karin's own, in the caller's transaction."""
    for unit, keeper in _UNITS.items():
        for one in _CENTRE:
            await _write(db, f"phrase/{unit}/{one.short}", one, f"unit/{unit}", None, f"staff/{keeper}")
    for one in _OWN:
        await _write(db, f"phrase/karin/{one.short}", one, None, "staff/karin", "staff/karin")


async def _write(db: Connection, name: str, one: SeedPhrase, unit: str | None, staff: str | None, writer: str) -> None:
    await db.execute(
        "insert into phrases (id, unit_id, staff_id, title, short, body, created_by, changed_by)"
        " values ($1, $2, $3, $4, $5, $6, $7, $7)",
        _id_of(name), _id_of(unit) if unit else None, _id_of(staff) if staff else None, one.title, one.short, one.body,
        _id_of(writer),
    )  # fmt: skip
