"""A PDF file as its readers meet it: what it says, in which order, and how it is tagged."""

from __future__ import annotations

import io
import re
from typing import Any

from pypdf import PdfReader


class Read:
    """One file, read by pypdf."""

    def __init__(self, content: bytes) -> None:
        self.reader = PdfReader(io.BytesIO(content))
        root: Any = self.reader.trailer["/Root"]
        self.title = self.reader.metadata.title if self.reader.metadata else None
        self.language = root.get("/Lang")
        self.is_tagged = bool(root.get("/MarkInfo", {}).get("/Marked"))
        self.pages = [page.extract_text() for page in self.reader.pages]
        #: Each tag with its alternative text, in reading order.
        self.tags: list[tuple[str, str]] = []
        self._walk(root["/StructTreeRoot"])

    @property
    def text(self) -> str:
        """All of it, with every run of white space as one space, since a line may be broken anywhere."""
        return flat("\n".join(self.pages))

    @property
    def pictures(self) -> list[bytes]:
        """What the pages show as pictures."""
        return [image.data for page in self.reader.pages for image in page.images]

    def _walk(self, node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for one in node:
                self._walk(one)
        elif isinstance(node, dict):
            if "/S" in node:
                self.tags.append((str(node["/S"]).lstrip("/"), str(node.get("/Alt", ""))))
            if "/K" in node:
                self._walk(node["/K"])


def flat(text: str) -> str:
    """Each run of white space as one space."""
    return re.sub(r"\s+", " ", text).strip()
