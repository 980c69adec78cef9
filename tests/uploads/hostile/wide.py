"""A workbook in which one long text, stored once, stands in every cell."""

import io

import openpyxl


COLUMNS = 60


def with_long_texts(*, rows: int) -> bytes:
    book = openpyxl.Workbook()
    for _ in range(rows):
        book.active.append(["x" * 500] * COLUMNS)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
