"""`python -m videostar.results_page [PATH [CONFIGS]]`: write docs/results.md from the experiments in configs/."""

from __future__ import annotations

import sys
from pathlib import Path

from videostar.errors import UserError
from videostar.results_page import page
from videostar.store import write_text

if __name__ == "__main__":
    words = [Path(word) for word in sys.argv[1:]]
    try:
        write_text(words[0] if words else Path("docs/results.md"), page(words[1] if len(words) > 1 else Path("configs")))
    except UserError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(1)
