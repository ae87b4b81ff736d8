"""The program that renders the chat template on its standard input once, in Jinja's sandbox with
what transformers offers there. Says why the template may not be used, and then ends with 1.
"""

import json
import resource
import signal
import sys
from datetime import datetime
from typing import Any, NoReturn

from jinja2 import TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError, TemplateError
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

SECONDS = 1.0
MOST_BYTES = 1 << 30

CHAT = [
    {"role": "user", "content": "Good morning."},
    {"role": "assistant", "content": "Good morning. How can I help?"},
    {"role": "user", "content": "What is 2 plus 3?"},
]


class Generation(Extension):
    """`{% generation %}` marks what the assistant said; its text is taken as it stands."""

    tags = {"generation"}

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def main() -> int:
    template = sys.stdin.buffer.read().decode()
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        render(template)
    except SecurityError:
        return refuse("It reaches for Python.")
    except TemplateSyntaxError as error:
        return refuse(f"Line {error.lineno}: {error.message}")
    except (MemoryError, OverflowError, RecursionError):
        return refuse("It needs too much memory.")
    except Exception:
        # It refuses this conversation, as some do that want other roles or tools.
        return 0
    return 0


def refuse(why: str) -> int:
    print(why, end="")
    return 1


def render(template: str) -> None:
    jinja = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols]
    )
    jinja.filters["tojson"] = to_json
    jinja.globals["raise_exception"] = raise_exception
    jinja.globals["strftime_now"] = datetime.now().strftime
    for looked_up in jinja.parse(template).find_all((nodes.Getattr, nodes.Getitem)):
        if name_of(looked_up).startswith("__"):
            raise SecurityError
    jinja.from_string(template).render(
        messages=CHAT, tools=None, documents=None, add_generation_prompt=True
    )


def name_of(looked_up: nodes.Node) -> str:
    """The attribute or constant key that is looked up; empty where it is computed."""
    if isinstance(looked_up, nodes.Getattr):
        return looked_up.attr
    key = looked_up.arg if isinstance(looked_up, nodes.Getitem) else None
    return key.value if isinstance(key, nodes.Const) and isinstance(key.value, str) else ""


def to_json(value: Any, **options: Any) -> str:
    return json.dumps(value, ensure_ascii=False, **options)


def raise_exception(message: str) -> NoReturn:
    raise TemplateError(message)


if __name__ == "__main__":
    sys.exit(main())
