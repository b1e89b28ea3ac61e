"""docs/api.md shows the public names with the signatures that they have."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import videostar as vs
from tests.documentation.pages import BLOCK, ROOT

TEXT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
HIDDEN_DEFAULT = re.compile(r"<function Model\.<lambda> at 0x\w+>")


def signatures() -> Iterator[str]:
    """Of every public function, and every public method and property of every public class that is no error."""
    for name in vs.__all__:
        item = getattr(vs, name)
        if not inspect.isclass(item):
            yield f"vs.{name}{_plain(inspect.signature(item))}"
            continue
        for inner, member in vars(item).items():
            if isinstance(member, property):
                yield f"{name}.{inner} -> {inspect.signature(member.fget or len).return_annotation}"
            elif inspect.isfunction(member) and not inner.startswith("_"):
                given = inspect.signature(member)
                yield f"{name}.{inner}{_plain(given.replace(parameters=list(given.parameters.values())[1:]))}"


def _plain(signature: inspect.Signature) -> str:
    """As the source has it: annotations are texts there, and a default that is a function is written out."""
    return HIDDEN_DEFAULT.sub("lambda _: None", str(signature)).replace("'", "")


def test_the_signatures_are_those_of_the_code() -> None:
    shown = [block[2].strip() for block in BLOCK.finditer(TEXT) if block[1] == "python" and re.match(r"(vs|Model)\.\w+(\(| ->)", block[2])]
    assert sorted(shown) == sorted(signatures())


def test_every_public_name_has_its_heading() -> None:
    assert [name for name in vs.__all__ if f"\n## vs.{name}\n" not in TEXT] == []
    assert vs.UserError.__mro__[1] is not object
