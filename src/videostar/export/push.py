"""An export to the Hugging Face Hub. Where it goes and who asks is up to `HF_ENDPOINT` and `HF_TOKEN`, as everywhere."""

from __future__ import annotations

import os
import re
from pathlib import Path

from videostar import shown
from videostar.errors import MissingExtraError, RunError, UserError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")


def checked_name(name: str) -> str:
    """ORG/NAME as the Hub takes it. Raises `UserError` for anything else, so that nothing is written for a name that cannot be."""
    if not NAME.fullmatch(name) or "--" in name or ".." in name:
        raise UserError(f"--push {name!r}: write ORG/NAME, such as my-lab/dives; letters, digits, -, _ and single dots")
    return name


def push(folder: Path, files: tuple[str, ...], name: str) -> str:
    """Make the data set repository, private, and upload the files in one commit; the address.

    Raises `RunError` with the Hub's words when it refuses or cannot be reached.
    """
    try:
        from huggingface_hub import HfApi
        from huggingface_hub.errors import HfHubHTTPError
    except ImportError:
        raise MissingExtraError("--push needs huggingface_hub; install it with: pip install 'videostar[hub]'") from None
    import httpx2 as httpx

    endpoint = os.environ.get("HF_ENDPOINT") or "https://huggingface.co"
    api = HfApi(endpoint=endpoint, token=os.environ.get("HF_TOKEN"))
    try:
        api.create_repo(name, repo_type="dataset", private=True, exist_ok=True)
        api.upload_folder(
            repo_id=name, repo_type="dataset", folder_path=folder, allow_patterns=list(files), commit_message="Export from videostar"
        )
    except (HfHubHTTPError, httpx.HTTPError, ValueError, OSError) as error:
        said = shown.one_line(str(error), 300)
        raise RunError(f"{endpoint} did not take {name}: {said}; the files are in {folder}; check HF_TOKEN and the name") from None
    return f"{endpoint}/datasets/{name}"
