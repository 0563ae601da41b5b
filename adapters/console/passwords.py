"""Passwords: hashed with Argon2id, as RFC 9106 recommends for servers with little memory."""

from __future__ import annotations

import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

SHORTEST, LONGEST = 10, 200
"""Characters of a password that somebody chooses."""
_hasher = PasswordHasher()
# Each hash takes 64 MiB for its time: a flood of logins must not take the server's memory.
_turns = threading.BoundedSemaphore(2)


def hashed(password: str) -> str:
    """Hash a password for the database."""
    with _turns:
        return _hasher.hash(password)


def matches(stored: str, password: str) -> bool:
    """Tell whether a password is the one that was hashed; takes as long for a hash that is none of ours."""
    with _turns:
        try:
            _hasher.verify(stored or _nobody(), password)
            return bool(stored)
        except (Argon2Error, InvalidHashError):
            return False


def generated() -> str:
    """Make a password that nobody can guess: 16 characters, none of which looks like another."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


_dummy: list[str] = []


def _nobody() -> str:
    """Give a hash to compare with where there is no account, made once: how long it takes then tells nothing."""
    if not _dummy:
        _dummy.append(_hasher.hash(secrets.token_hex(16)))
    return _dummy[0]
