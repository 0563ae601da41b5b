"""Run as a program: read the PDF on standard input with no font but the file's own, and print its parts.

PDFium looks for fonts once, when it starts, so this takes a process of its own.
"""

from __future__ import annotations

import ctypes
import sys

from pypdfium2 import raw


def without_fonts() -> raw.FPDF_LIBRARY_CONFIG:
    """Start PDFium anew with an empty list of font folders; the configuration must outlive it."""
    raw.FPDF_DestroyLibrary()
    config = raw.FPDF_LIBRARY_CONFIG()
    config.version = 2
    folders = (ctypes.POINTER(ctypes.c_char) * 1)()
    config.m_pUserFontPaths = ctypes.cast(folders, type(config.m_pUserFontPaths))
    raw.FPDF_InitLibraryWithConfig(ctypes.byref(config))
    return config


if __name__ == "__main__":
    kept = without_fonts()
    from ingest.load import read
    from tests.unit.ingest.documents import outline

    print(outline(read(sys.stdin.buffer.read(), "a.pdf")))
