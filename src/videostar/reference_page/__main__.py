"""`python -m videostar.reference_page [PATH]`: write the page, default docs/reference.md of the folder one stands in."""

from __future__ import annotations

import sys
from pathlib import Path

from videostar.reference_page import page
from videostar.store import write_text

if __name__ == "__main__":
    write_text(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference.md"), page())
