"""Lets the C library keep memory that is freed, where tensors come and go on a CPU.

glibc gives blocks of megabytes back to the system at once and asks for them anew, page by page: copying one of 60 MB took three times as
long, a step of a small model a sixth longer. What is kept is used for the next tensors; the process's peak stays the same.
"""

from __future__ import annotations

import ctypes

# Of glibc's malloc.h, with the largest value that fits.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
NEVER = 2**31 - 1


def keep_freed() -> bool:
    """Set both thresholds so that nothing is given back. False where the C library is another one, and nothing is changed."""
    try:
        libc = ctypes.CDLL("libc.so.6")
        return all(libc.mallopt(setting, NEVER) for setting in (M_TRIM_THRESHOLD, M_MMAP_THRESHOLD))
    except (OSError, AttributeError):
        return False
