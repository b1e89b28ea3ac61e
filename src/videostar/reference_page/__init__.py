"""docs/reference.md: every command with its options, every key of the config; `python -m videostar.reference_page` writes it."""

from __future__ import annotations

import inspect
import json
from typing import Any, Literal, get_args, get_origin

import click
from pydantic import BaseModel

from videostar.cli import commands
from videostar.config import Config

HEAD = """# Commands and keys

Made from the code by `python -m videostar.reference_page`; a test holds the two together. `videostar COMMAND --help` says the same.

Exit codes: 0 done, 1 a mistake that you can mend (the message says what was wrong, what is allowed and what to do), 2 wrong usage,
130 interrupted (the same command goes on)."""
KEYS = """## Keys of the config

A config is one YAML file. Behind it, any key can be set as `key=value` with dots (`generate.n=4`). An unknown key is an error that
names the nearest one. The resolved config stands in the run directory as `config.yaml`."""
WORDS = {bool: "yes or no", int: "whole number", float: "number"}


def page() -> str:
    """The whole page."""
    context = click.Context(commands, info_name="videostar", max_content_width=1000)
    named = [_command(commands.commands[name], context) for name in sorted(commands.commands)]
    return "\n\n".join([HEAD, "## Commands", *named, KEYS, *_sections(Config, "")]) + "\n"


def _command(command: click.Command, above: click.Context) -> str:
    context = click.Context(command, info_name=command.name, parent=above, max_content_width=1000)
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    records = [(item, item.get_help_record(context)) for item in command.params if isinstance(item, click.Option)]
    options = [f"- `{record[0]}`: {record[1]}" for item, record in records if record and not item.hidden]
    text = inspect.cleandoc(command.help or "").replace("\b\n", "")
    return "\n\n".join([f"### videostar {command.name}", f"```\n{usage}\n```", text, "\n".join(options)]).rstrip()


def _sections(section: type[BaseModel], prefix: str) -> list[str]:
    """The table of a section's own keys, then those of the sections in it."""
    rows, inner = [], []
    for name, field in section.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            inner += _sections(kind, f"{prefix}{name}.")
            continue
        default = "must be given" if field.is_required() else f"`{json.dumps(field.get_default(call_default_factory=True), default=str)}`"
        rows.append(f"| `{prefix}{name}` | {_values(kind)} | {default} | {field.description or ''} |")
    title = prefix.rstrip(".") or "the whole run"
    head = f"### {title}\n\n{inspect.getdoc(section)}\n\n| key | value | default | meaning |\n|---|---|---|---|\n"
    return [head + "\n".join(rows), *inner]


def _values(kind: Any) -> str:
    """What may stand there, in words."""
    if get_origin(kind) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(kind))
    if kind in WORDS:
        return WORDS[kind]
    choices = [item for item in get_args(kind) if item is not type(None)]
    if get_origin(kind) is dict:
        return "names with values"
    if get_origin(kind) is tuple:
        return "a list"
    return " or ".join(_values(item) for item in choices) if choices else "text" if kind in (str, Any) else kind.__name__.lower()
