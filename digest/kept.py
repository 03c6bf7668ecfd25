"""What was parsed or checked, kept for the next run as Python keeps what it has compiled.

YAML takes thirty times as long to read as the same values in JSON, and a configuration is checked by a library that
takes longer to load than a clip to read. So plain values are kept as JSON, with what they were made of beside them.
What is kept may be deleted at any time, and where nothing may be written it costs time and nothing else.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).parent
"""The folder of the program."""
BESIDE = PROGRAM / "__pycache__"
"""Where Python keeps the compiled program: the folder for what is made of files that ship."""


def known(file: Path, of: object) -> Any:  # noqa: ANN401 -- whatever was kept
    """The value that is kept in a file, if it was made of this; None where there is none."""
    try:
        made_of, value = json.loads(file.read_bytes())
    except (OSError, ValueError, TypeError):  # none, or somebody else's
        return None
    return value if made_of == of else None


def keep(file: Path, of: object, value: object) -> None:
    """Keep a value with what it was made of, where it may be: in a folder that is there, and as it would come back."""
    if sys.dont_write_bytecode:
        return
    whole = file.with_suffix(f".{os.getpid()}")
    with suppress(OSError, TypeError):  # nothing may be written there, or it holds what JSON has not
        data = json.dumps([of, value], ensure_ascii=False).encode("utf-8", "surrogatepass")
        if json.loads(data) == [of, value]:
            whole.write_bytes(data)
            whole.replace(file)
