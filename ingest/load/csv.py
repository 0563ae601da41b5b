"""Comma- or tab-separated values: one table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from ingest.errors import UnreadableSource
from ingest.extract import Extract
from ingest.load.encoding import decode
from ingest.load.grid import names_columns, table_parts
from ingest.load.sniff import CSV

MAX_ROWS = 50_000


def load(data: bytes, name: str) -> Extract:
    """Read a CSV file; its first row is the header unless it holds amounts.

    Raises:
        UnreadableSource: The quoting is broken beyond reading.
    """
    text = decode(data)
    warnings = []
    rows: list[tuple[list[str], str]] = []
    try:
        for row in _rows(text):
            if len(rows) == MAX_ROWS:
                warnings.append(f"{MAX_ROWS:,}行を超える部分は読んでいません。ファイルを分けてください")
                break
            rows.append(row)
    except csv.Error as error:
        raise UnreadableSource(f"CSV として読めません({error})。引用符の対応を確かめて保存し直してください") from error
    filled = [(cells, record) for cells, record in rows if any(cell.strip() for cell in cells)]
    grid, records = [cells for cells, _ in filled], [record for _, record in filled]
    header = len(grid) > 1 and names_columns(grid[0])
    return Extract(tuple(table_parts(grid, 0, headers=int(header), originals=records)), CSV, warnings=tuple(warnings))


def _rows(text: str) -> Iterator[tuple[list[str], str]]:
    """Give each record's cells, and the record as it stands in the file."""
    read: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            read.append(line)
            yield line

    for cells in csv.reader(lines(), _dialect(text)):
        record = "".join(read).strip()
        # A quote inside quotes is written twice; a cell keeps it so, for what is quoted to be found in the file.
        yield [cell.replace('"', '""') for cell in cells] if '""' in record else cells, record
        read.clear()


def _dialect(text: str) -> type[csv.Dialect]:
    # The sniffer guesses wrong on short and on Japanese files (it once took 『年』 for the delimiter), so it may
    # choose between real delimiters only, and counts on the first lines overrule a delimiter they don't hold.
    sample = text[:16384]
    try:
        dialect = csv.Sniffer().sniff(sample, delimiters=",\t;")
    except csv.Error:
        return csv.excel_tab if sample.count("\t") > sample.count(",") else csv.excel
    # Excel doubles quotes inside quotes; the sniffer can't see that in a sample without any.
    dialect.doublequote = True
    dialect.skipinitialspace = False
    return dialect
