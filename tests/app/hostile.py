"""Texts that would do something wherever a page took them for markup, a script or a template."""

from __future__ import annotations

SCRIPT = "<script>window.pwned=1</script>"
PICTURE = '<img src=x onerror="window.pwned=1">'
TEMPLATES = "{{constructor.constructor('window.pwned=1')()}} ${window.pwned=1} {% raw %} `+(window.pwned=1)+`"
BROKEN_OUT = '"></textarea></style></script><svg onload=window.pwned=1>'
ALL = f"{SCRIPT}{PICTURE}{TEMPLATES}{BROKEN_OUT}"
FILE_NAME = "<img src=x onerror=window.pwned=1>{{7*7}}${7*7}.mp4"
