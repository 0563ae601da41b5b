"""Stand-ins that keep everything in memory; they meet the same ports as the real parts."""

from __future__ import annotations

from knowledge.memory import MemoryIndex

__all__ = ["MemoryIndex"]
