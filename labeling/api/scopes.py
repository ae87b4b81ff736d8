"""What addresses say of tokens: which scope a program needs for each method of a view."""

from labeling.kinds import Scope

TokenScopes = dict[str, Scope]

NO_TOKENS: TokenScopes = {}
"""For people who are signed in, whatever the method."""
