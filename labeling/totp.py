"""Codes of authenticator apps: RFC 6238 with SHA-1, six digits and 30 seconds, as every app speaks
it. Pure reckoning; knows nothing of rows.
"""

import base64
import hmac
import secrets
from urllib.parse import quote, urlencode

PERIOD = 30
DIGITS = 6
DRIFT = 1
"""How many periods a clock may be off, either way."""


def new_secret() -> str:
    """160 random bits in base 32, as RFC 4226 asks."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, step: int) -> str:
    """The code of the period with this number."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(secret: str, code: str, now: float) -> int | None:
    """The period whose code this is, among those around `now` (seconds since 1970), or None."""
    current = int(now) // PERIOD
    near = range(current - DRIFT, current + DRIFT + 1)
    fits = [step for step in near if hmac.compare_digest(code_at(secret, step), code)]
    return fits[0] if fits else None


def address(secret: str, account: str, issuer: str) -> str:
    """The otpauth: address that an app reads from a QR code."""
    name = quote(f"{issuer}:{account}")
    return f"otpauth://totp/{name}?{urlencode({'secret': secret, 'issuer': issuer})}"
