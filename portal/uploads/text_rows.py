"""The rows of a plain text file: a large one is split at once, and kept as one list of cells."""

import csv
from collections.abc import Iterator, Sequence
from typing import overload


END = "\n"  # stands between two rows in the list of cells; no cell of a plain file can be that


class TextRows(Sequence[list[str]]):
    """Rows that all have the same number of cells.

    A history file has a hundred thousand: a list for each is most of what reading the file costs.
    """

    def __init__(self, cells: Sequence[str], width: int) -> None:
        self._cells, self.width = cells, width

    def __len__(self) -> int:
        return (len(self._cells) + 1) // (self.width + 1)

    @overload
    def __getitem__(self, at: int) -> list[str]: ...
    @overload
    def __getitem__(self, at: slice) -> list[list[str]]: ...
    def __getitem__(self, at: int | slice) -> list[str] | list[list[str]]:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        start = range(len(self))[at] * (self.width + 1)
        return list(self._cells[start : start + self.width])

    def __iter__(self) -> Iterator[list[str]]:
        return map(list, zip(*(self.column(number) for number in range(self.width)), strict=True))

    def column(self, number: int, *, below: int = 0) -> Sequence[str]:
        """Return a column's cells, without those of the first rows."""
        return self._cells[below * (self.width + 1) + number :: self.width + 1]


def split_plain(text: str, delimiter: str) -> TextRows | None:
    """Return the rows of a file without quotes whose lines have equally many cells, else None.

    What is left to csv.reader: quotes, lines that are empty or of another length, lone carriage returns,
    and lines so long that it refuses them.
    """
    lines = text.replace("\r\n", END).removesuffix(END)
    if '"' in lines or "\r" in lines or _has_long_line(lines):
        return None
    cells = lines.replace(END, f"{delimiter}{END}{delimiter}").split(delimiter)
    width = cells.index(END) if END in cells else len(cells)
    ends = cells[width :: width + 1]
    # As many ends as lines, each where a row of that width ends: then every row has that width.
    is_even = len(ends) == lines.count(END) and ends.count(END) == len(ends)
    if width < 2 or not is_even or len(cells) != len(ends) * (width + 1) + width:
        return None
    return TextRows(cells, width)


def _has_long_line(lines: str) -> bool:
    """Tell whether some stretch of the text has no line's end: then a line may be longer than csv.reader takes."""
    stretch = csv.field_size_limit() // 2
    return any(
        lines.find(END, start, start + stretch) < 0 for start in range(0, len(lines) - stretch + 1, stretch)
    )
