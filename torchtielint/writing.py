"""Writing a file at once or not at all: whoever looks sees the old content or the new one, whole."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from pathlib import Path

from torchtielint.errors import PathError


class ChangedMeanwhileError(Exception):
    """A file is no longer what it was when it was read."""


def replace_content(path: str, *, old: bytes, new: bytes) -> None:
    """Give a file other content; its mode and owner stay, and a link goes on leading to it.

    The content goes into a file beside it, which takes its name once it is on the disk.

    Raises:
        PathError: it is read-only, or cannot be written.
        ChangedMeanwhileError: its content is not the old one.
    """
    real = Path(os.path.realpath(path))  # a link to what is no longer there is not created anew
    try:
        state = real.stat()
        if not state.st_mode & 0o222 or not os.access(real, os.W_OK):  # root may write to what nobody is meant to
            raise PathError(f"`{path}` cannot be written: it is read-only")
        with tempfile.NamedTemporaryFile(dir=real.parent, prefix=".torchtielint-", delete=False) as file:
            beside = Path(file.name)
            try:
                file.write(new)
                file.flush()
                _dress(file.fileno(), state)
                os.fsync(file.fileno())
                _same(real, old)
                beside.replace(real)
            except BaseException:  # also an interrupt leaves no litter
                beside.unlink()
                raise
        _sync(real.parent)
    except OSError as error:
        raise PathError(f"`{path}` cannot be written: {error.strerror or error}") from error


def _same(path: Path, old: bytes) -> None:
    if path.read_bytes() != old:
        raise ChangedMeanwhileError(path)


def _dress(descriptor: int, state: os.stat_result) -> None:
    """Give a new file the owner and mode of another one, as far as this user may."""
    if sys.platform == "win32":
        return  # a new file has the rights of its folder there
    with contextlib.suppress(OSError):
        if (state.st_uid, state.st_gid) != (os.geteuid(), os.getegid()):
            os.fchown(descriptor, state.st_uid, state.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(state.st_mode))


def _sync(folder: Path) -> None:
    """Put the new name on the disk; not every file system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
