"""Markdown: front matter, headings, paragraphs, items and tables.

A part's text is the source's: `**`, links and escapes stay as written, so that a quote is found in the file.
Tags are the exception; they are markup in HTML's sense and go, as they do from a web page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.extract import Extract, Part, PartKind
from ingest.load import html
from ingest.load.encoding import decode
from ingest.load.frontmatter import split_front_matter
from ingest.load.grid import table_parts, title_above
from ingest.load.sniff import MARKDOWN

_BREAK = re.compile(r"<(?:br|li|/?p|/?ul|/?ol)\b[^>]*>", re.IGNORECASE)


def load(data: bytes, name: str) -> Extract:
    """Read a Markdown file."""
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    metadata, body, warnings = split_front_matter(text)
    title = metadata.get("title")
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    return Extract(
        tuple(_Reader(tokens).parts()),
        MARKDOWN,
        title=title if isinstance(title, str) else "",
        metadata=metadata,
        warnings=warnings,
    )


class _Reader:
    """One pass over markdown-it's flat list of tokens."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._parts: list[Part] = []
        self._marker: str | None = None
        """The list marker of an item whose first paragraph is still to come; bullets are an empty string."""
        self._quoted = 0
        self._rows: list[list[str]] = []
        self._headers = 0
        self._table = 0

    def parts(self) -> list[Part]:
        opened = ""
        for token in self._tokens:
            match token.type:
                case "inline":
                    self._inline(token, opened)
                case "fence" | "code_block":
                    self._drop_number()
                    for text in self._apart(token.content):
                        self._paragraph(text)
                case "html_block":
                    self._drop_number()
                    for text in self._apart(token.content):
                        self._html(text)
                case "list_item_open":
                    # An ordered item's number is part of what it says (手順 2); it stands in the source too.
                    self._marker = f"{token.info}{token.markup} " if token.info else ""
                case "list_item_close":
                    self._marker = None
                case "blockquote_open" | "blockquote_close":
                    self._quoted += 1 if token.type == "blockquote_open" else -1
                    self._drop_number()
                case "table_open":
                    self._rows, self._headers = [], 0
                case "tr_open":
                    self._rows.append([])
                case "thead_close":
                    self._headers = len(self._rows)
                case "table_close":
                    self._close_table()
            opened = token.tag if token.nesting == 1 else opened
        return self._parts

    def _inline(self, token: Token, opened: str) -> None:
        text = _without_tags(token)
        if opened in ("td", "th"):
            # markdown-it has taken the backslash off each `\|`: put it back, the source has it.
            self._rows[-1].append(text.replace("|", r"\|"))
        elif re.fullmatch(r"h[1-6]", opened):
            self._drop_number()
            self._add(PartKind.HEADING, text, level=int(opened[1]))
        else:
            for line in self._apart(text):
                self._paragraph(line)

    def _apart(self, text: str) -> list[str]:
        """Cut a quotation into its lines: each begins with `>` in the source, so no text can run over two of them."""
        return text.split("\n") if self._quoted else [text]

    def _paragraph(self, text: str) -> None:
        if self._marker is None:
            self._add(PartKind.PARAGRAPH, text)
        else:
            self._add(PartKind.ITEM, self._marker + text)
            self._marker = None

    def _drop_number(self) -> None:
        """Let an item go without its number, where other markup stands between the two in the source."""
        if self._marker is not None:
            self._marker = ""

    def _add(self, kind: PartKind, text: str, level: int = 0) -> None:
        if text.strip():
            self._parts.append(Part(kind, text.strip(), level=level))

    def _html(self, content: str) -> None:
        for part in html.parts_of(content, self._table):
            self._parts.append(part)
            self._table = max(self._table, -1 if part.table is None else part.table) + (part.table is not None)

    def _close_table(self) -> None:
        above = self._parts[-1] if self._parts else None
        title = title_above(above.text) if above and above.kind is PartKind.PARAGRAPH else ""
        originals = [" | ".join(row).strip(" |") for row in self._rows]
        self._parts += table_parts(self._rows, self._table, headers=self._headers, title=title, originals=originals)
        self._table += 1


def _without_tags(token: Token) -> str:
    """Give an inline token's source without HTML tags; those that break lines become line breaks."""
    text = token.content
    start = 0
    for child in token.children or ():
        if child.type != "html_inline":
            continue
        at = text.find(child.content, start)
        if at < 0:
            continue
        instead = "\n" if _BREAK.fullmatch(child.content) else ""
        text = text[:at] + instead + text[at + len(child.content) :]
        start = at + len(instead)
    return text
