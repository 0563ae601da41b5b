"""Debian's Chromium, for tests that drive a real browser; the `browser` itself is a fixture of `tests/scenario`."""

from __future__ import annotations

import shutil

import pytest

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_NEEDED = [
    pytest.mark.chromium,
    pytest.mark.skipif(not shutil.which(CHROMIUM), reason="needs Debian's chromium"),
]
"""The marks of a module whose tests drive it."""
