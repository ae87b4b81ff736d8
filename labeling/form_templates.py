"""Ready-made label forms of published protocols: the files in `templates/`, by name.

A file names its paper, the kind of task to open with it, and the form. Adding one is adding a file.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from labeling.errors import Invalid
from labeling.forms import complete

FOLDER = Path(__file__).parent / "templates"


@cache
def form_templates() -> dict[str, dict[str, Any]]:
    """Every template by its name, with its form whole."""
    found = {path.stem: json.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.json")}
    return {
        name: {"id": name, **template, "form": complete(template["form"])}
        for name, template in sorted(found.items())
    }


def template_form(name: str) -> Any:
    """The form of a template. Raises `Invalid` (`template_unknown`) that lists those there are."""
    templates = form_templates()
    if name not in templates:
        detail = f"There is no such template. Choose one of: {', '.join(templates)}."
        raise Invalid("template_unknown", detail, "template")
    return templates[name]["form"]
