"""Workbooks out: typed cells, totals as formulas, and no text that a spreadsheet would run."""

from cmk_admin.excel.columns import FORMULA, Column, Formula, Kind, Sheet, harmless
from cmk_admin.excel.plain import csv_lines, write_csv
from cmk_admin.excel.workbook import XLSX, TooLarge, write

__all__ = [
    "FORMULA", "XLSX", "Column", "Formula", "Kind", "Sheet", "TooLarge", "csv_lines", "harmless",
    "write", "write_csv",
]  # fmt: skip
