"""Secrets that must be read back, sealed with the installation's key before they are stored.

A dump of the database without the key opens none of them. Older keys stand in
`SECRET_KEY_FALLBACKS` until everything is sealed anew.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def seal(secret: str) -> str:
    return _keys().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises `cryptography.fernet.InvalidToken` when no key fits."""
    return _keys().decrypt(sealed.encode()).decode()


def _keys() -> MultiFernet:
    texts: list[object] = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(f"touchstone.sealing:{text}".encode()).digest() for text in texts]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
