"""Web pages: title, headings, paragraphs, items and tables, without what a reader would not see.

The tree is walked with a stack of our own: pages nest deeper than Python may recurse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ingest.errors import UnreadableSource
from ingest.extract import Extract, Part, PartKind
from ingest.load.encoding import decode_html
from ingest.load.grid import table_parts, title_above
from ingest.load.html_table import HtmlTable
from ingest.load.sniff import HTML

_DROPPED = frozenset(
    # rt and rp: the reading beside a word would stand in the middle of it.
    "head script style nav footer noscript template svg math iframe object audio video canvas select button rt rp".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_ITEMS = frozenset({"li", "dd"})
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure form header "
    "h1 h2 h3 h4 h5 h6 hgroup hr html legend li main menu ol p pre search section summary table tbody td tfoot th thead tr "
    "ul".split()
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# Tags that stay open until closed; a page may leave out the ends of p, li, tr, td and so on by the thousand.
_NESTING_TAG = re.compile(
    r"<(/?)(?!(?:p|li|d[td]|t[rdh]|thead|tbody|tfoot|option|optgroup|r[tp]|br|hr|img|input|meta|link|col|area|base|embed|param"
    r"|source|track|wbr|body|html|head)\b)[a-zA-Z]"
)
_MAX_DEPTH = 2_000
_SPACE = re.compile(r"[ \t\n\r\f]+")
_AROUND_BREAK = re.compile(r" *\n *")


def load(data: bytes, name: str) -> Extract:
    """Read a web page."""
    tree = _parse(decode_html(data))
    title = tree.css_first("head title")
    parts = _Reader(tree.root, 0).parts() if tree.root is not None else []
    return Extract(tuple(parts), HTML, title=_SPACE.sub(" ", title.text()).strip() if title is not None else "")


def parts_of(fragment: str, first_table: int) -> list[Part]:
    """Read a fragment of HTML that stands in a text of another format.

    Args:
        fragment: HTML; unclosed and misplaced tags are repaired as a browser does.
        first_table: Number of the first table in it.
    """
    root = _parse(fragment).root
    return [] if root is None else _Reader(root, first_table).parts()


def _parse(text: str) -> LexborHTMLParser:
    # The parser's time grows with the square of the depth; browsers themselves stop at 512 levels.
    depth = 0
    for tag in _NESTING_TAG.finditer(text):
        depth = max(depth - 1, 0) if tag[1] else depth + 1
        if depth > _MAX_DEPTH:
            raise UnreadableSource("HTML の入れ子が深すぎます。ページを保存し直してください")
    return LexborHTMLParser(text)


def _walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Give each visible node on entering (True) and, for elements, on leaving (False)."""
    stack: list[tuple[LexborNode, bool]] = [(root, True)]
    while stack:
        node, entering = stack.pop()
        if not entering:
            yield node, False
            continue
        following = node.next if node is not root else None
        if following is not None:
            stack.append((following, True))
        if _hidden(node):
            continue
        yield node, True
        if node.is_element_node:
            stack.append((node, False))
            child = node.first_child
            if child is not None:
                stack.append((child, True))


def _hidden(node: LexborNode) -> bool:
    if not node.is_element_node:
        return not node.is_text_node
    if node.tag in _DROPPED:
        return True
    stated = node.attributes
    return (
        "hidden" in stated
        or stated.get("aria-hidden") == "true"
        or bool(_HIDDEN_STYLE.search(stated.get("style") or ""))
    )


def _layout_tables(root: LexborNode) -> set[int]:
    """Find the tables that only place things: those around another table, and those of one column."""
    layout: set[int] = set()
    open_tables: list[tuple[int, int]] = []  # (memory id, most cells in a row so far)
    cells = 0
    for node, entering in _walk(root):
        if node.tag == "table":
            if entering:
                layout.update(number for number, _ in open_tables)
                open_tables.append((node.mem_id, 0))
            else:
                number, widest = open_tables.pop()
                if widest < 2 or node.attributes.get("role") == "presentation":
                    layout.add(number)
        elif node.tag == "tr" and open_tables:
            cells = 0
        elif node.tag in ("td", "th") and entering and open_tables:
            cells += 1
            number, widest = open_tables[-1]
            open_tables[-1] = (number, max(widest, cells))
    return layout


class _Reader:
    """One pass over the visible nodes, gathering text until a block ends."""

    def __init__(self, root: LexborNode, first_table: int) -> None:
        self._root = root
        self._layout = _layout_tables(root)
        self._parts: list[Part] = []
        self._text: list[str] = []
        self._blocks: list[str] = []
        """Open headings and items, innermost last."""
        self._preformatted = 0
        self._table: HtmlTable | None = None
        self._number = first_table

    def parts(self) -> list[Part]:
        for node, entering in _walk(self._root):
            if node.is_text_node:
                content = node.text_content or ""
                self._text.append(content if self._preformatted else _SPACE.sub(" ", content))
            elif node.tag == "br":
                self._text.append("\n" if entering else "")
            elif self._table is not None:
                self._inside_table(node, entering, self._table)
            elif node.tag == "table" and entering and node.mem_id not in self._layout:
                self._flush()
                self._table = HtmlTable()
            elif node.tag in _BLOCKS:
                self._block(node, entering)
        self._flush()
        return self._parts

    def _block(self, node: LexborNode, entering: bool) -> None:
        tag = node.tag or ""
        self._flush()
        if tag == "pre":
            self._preformatted += 1 if entering else -1
        if tag in _HEADINGS or tag in _ITEMS:
            if entering:
                self._blocks.append(tag)
            elif self._blocks:
                self._blocks.pop()

    def _inside_table(self, node: LexborNode, entering: bool, table: HtmlTable) -> None:
        tag = node.tag or ""
        if tag in ("td", "th"):
            if entering:
                self._text.clear()
                table.open_cell(node)
            else:
                table.close_cell(self._take())
        elif tag == "caption":
            if entering:
                self._text.clear()
            else:
                table.caption = self._take()
        elif tag in ("tr", "thead"):
            table.open_row(tag, entering)
        elif tag == "table" and not entering:
            self._close_table(table)
        elif tag in _BLOCKS:
            self._text.append("\n")

    def _close_table(self, table: HtmlTable) -> None:
        above = self._parts[-1] if self._parts else None
        title = table.caption or (title_above(above.text) if above and above.kind is PartKind.PARAGRAPH else "")
        self._parts += table_parts(table.grid(), self._number, headers=table.headers, title=title)
        self._number += 1
        self._table = None
        self._text.clear()

    def _flush(self) -> None:
        text = self._take()
        if not text:
            return
        block = self._blocks[-1] if self._blocks else ""
        if block in _HEADINGS:
            self._parts.append(Part(PartKind.HEADING, text.replace("\n", " "), level=_HEADINGS[block]))
        else:
            self._parts.append(Part(PartKind.ITEM if block in _ITEMS else PartKind.PARAGRAPH, text))

    def _take(self) -> str:
        text = "".join(self._text)
        self._text.clear()
        if not self._preformatted:
            text = _AROUND_BREAK.sub("\n", re.sub(r" {2,}", " ", text))
        return re.sub(r"\n{2,}", "\n", text).strip()
