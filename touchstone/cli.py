"""`touchstone COMMAND`: what it takes and what it prints.

Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 not signed in, 4 no answer from the
server, 5 damaged download.
"""

import json
import shlex
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence

from touchstone import commands
from touchstone.failures import Failure
from touchstone.server import Json
from touchstone.showing import show_failure, show_json, show_table

INTERRUPTED = 130
EPILOG = """\
A token is made in the app under Settings, API tokens. In CI set TOUCHSTONE_URL and
TOUCHSTONE_TOKEN instead of signing in.

exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 not signed in, 4 no answer from the
server, 5 damaged download"""


def main(words: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(words)
    try:
        result = given.command(given)
    except Failure as failure:
        show_failure(failure, given.json)
        return failure.code
    except KeyboardInterrupt:
        return INTERRUPTED
    if given.json:
        show_json(result)
    else:
        given.show(result)
    return 0


def _table(*columns: str) -> Callable[[Json], None]:
    def show(result: Json) -> None:
        show_table(result if isinstance(result, list) else [result], columns)

    return show


def _show_environment(result: Json) -> None:
    for name, value in result.items():
        print(f"export {name}={shlex.quote(value)}")


def _show_pulled(result: Json) -> None:
    count = len(result["files"])
    print(f"{result['folder']}: {count} files of {result['repository']} at {result['commit']}")


def _show_diff(result: Json) -> None:
    print(f"{result['since']['label']} → {result['to']['label']}, {result['config']}")
    for kind, count in result["labels"].items():
        print(f"{kind:<8} {count:>9,} labels")
    for each in result["recipe"]:
        print(f"recipe   {each['key']}: {json.dumps(each['since'])} → {json.dumps(each['to'])}")


def _show_logout(result: Json) -> None:
    print("The token is forgotten here. Revoke it in the app to end it." if result["forgotten"]
          else "Nobody was signed in.")  # fmt: skip


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        "touchstone",
        description="Touchstone from the command line: import, freeze, pull, list.",
        epilog=EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    every = ArgumentParser(add_help=False)
    every.add_argument("--json", action="store_true", help="print the result as JSON")
    every.add_argument("--quiet", action="store_true", help="say nothing while it goes on")
    waits = ArgumentParser(add_help=False)
    waits.add_argument(
        "--no-wait", dest="wait", action="store_false", help="do not wait until it has ended"
    )
    add = parser.add_subparsers(required=True, metavar="COMMAND").add_parser

    def command(
        name: str,
        run: Callable[[Namespace], Json],
        show: Callable[[Json], None],
        text: str,
        *parents: ArgumentParser,
    ) -> ArgumentParser:
        made = add(name, help=text, description=text, parents=[every, *parents])
        made.set_defaults(command=run, show=show)
        return made

    _add_account(command)
    _add_work(command, waits)
    return parser


def _add_account(command: Callable[..., ArgumentParser]) -> None:
    who = _table("url", "person", "projects")
    login = command(
        "login", commands.login, who, "Keep a token; asks for it, or reads standard input."
    )
    login.add_argument("url", help="the server, such as https://touchstone.example.org")
    command("logout", commands.logout, _show_logout, "Forget the token on this machine.")
    command("whoami", commands.whoami, who, "Whose token it is, and what it opens.")
    command(
        "env",
        commands.environment,
        _show_environment,
        'For the tools of the Hub: eval "$(touchstone env)". Prints the token.',
    )


def _add_work(command: Callable[..., ArgumentParser], waits: ArgumentParser) -> None:
    columns = ("slug", "name", "state", "roles", "prompts", "labels")
    command("projects", commands.projects, _table(*columns), "The projects that the token opens.")

    done = _table("id", "state", "new", "duplicate")
    bring = command("import", commands.import_file, done, "Import a file of prompts.", waits)
    bring.add_argument("project", help="the slug of the project")
    bring.add_argument("file")
    bring.add_argument("--dry-run", action="store_true", help="only check the file")

    version = _table("repository", "number", "kind", "state", "rows", "hash")
    freeze = command("freeze", commands.freeze, version, "Freeze a dataset version.", waits)
    freeze.add_argument("project")
    freeze.add_argument("kind", help="sft, preference, reward, kto, rankings, labels, …")
    freeze.add_argument(
        "--config", action="append", help="a further config beside the kind; may be repeated"
    )
    freeze.add_argument("--name", help="what the versions are numbered under; the kind if left out")
    freeze.add_argument("--recipe", help="JSON, or @FILE")
    freeze.add_argument("--as-of", help="the moment up to which labels count; now if left out")

    listed = command("versions", commands.versions, version, "The dataset versions of a project.")
    listed.add_argument("project")
    listed.add_argument("--name")

    differs = command(
        "diff", commands.diff, _show_diff, "Which labels came, went or changed between versions."
    )
    differs.add_argument("version", help="project/name, or project/name@v3")
    differs.add_argument("since", nargs="?", help="the earlier one; the one before if left out")
    differs.add_argument("--config", help="preference, kto, …")

    models = _table("repository", "version", "architecture", "parameters", "created_at")
    models_of = command("checkpoints", commands.checkpoints, models, "The checkpoints there are.")
    models_of.add_argument("--project")

    shown = _table("id", "name", "method", "state", "progress", "error")
    command("runs", commands.runs, shown, "The training runs of a project.").add_argument("project")
    one = command("run", commands.run, shown, "One training run.")
    one.add_argument("id", type=int)
    one.add_argument("--wait", action="store_true", help="wait until it has ended")

    pull = command("pull", commands.pull_files, _show_pulled, "Download a version into a folder.")
    pull.add_argument("repository", help="namespace/name, or namespace/name@v3 or @COMMIT")
    pull.add_argument("into", nargs="?", help="the folder; the name of the dataset if left out")
    pull.add_argument("--checkpoint", action="store_true", help="a checkpoint, not a dataset")


if __name__ == "__main__":
    sys.exit(main())
