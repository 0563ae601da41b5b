"""PDFium with one font of ours in place of the system's, so that a PDF is read alike on every machine.

Where a file does not bring its font, PDFium measures the ink of whatever the system has. Without any Japanese font the
ink has no height: lines fall apart, table cells lose theirs, and a character that stands alone is not given at all.
"""

from __future__ import annotations

import ctypes
from functools import lru_cache

from pypdfium2 import raw

from ingest.load.square_font import FILE


@lru_cache(maxsize=1)
def use_square_font() -> tuple[object, ...]:
    """Start PDFium anew, the first time it is called, with `fonts/` as the only place to look for fonts.

    No document may be open. PDFium has no other way: it looks for fonts when it starts, and pypdfium2 starts it.

    Returns:
        What PDFium goes on pointing to, kept alive by the cache.
    """
    # NUL-terminated strings, the list ended by a null pointer.
    folder = ctypes.create_string_buffer(bytes(FILE.parent))
    folders = (ctypes.POINTER(ctypes.c_char) * 2)(ctypes.cast(folder, ctypes.POINTER(ctypes.c_char)))
    config = raw.FPDF_LIBRARY_CONFIG(version=2)
    config.m_pUserFontPaths = ctypes.cast(folders, type(config.m_pUserFontPaths))
    raw.FPDF_DestroyLibrary()
    raw.FPDF_InitLibraryWithConfig(config)
    return folder, folders, config
