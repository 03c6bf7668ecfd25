"""`python tests/screenshot.py`: the email of the sample seeds as a picture, docs/email.png. Needs Node and Chromium."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from lint_email import install

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Draft the samples in a throw-away home and photograph the first screens."""
    install(ROOT / "tests" / "email_lint")
    with TemporaryDirectory() as home:
        preview = ["preview", "--home", home, "--seeds", "seeds", "--now", "2026-11-20T09:07+08:00"]
        subprocess.run([sys.executable, "-m", "digest", *preview], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        (page,) = Path(home).glob("out/*/email.html")
        shot = str(ROOT / "tests" / "email_lint" / "shot.mjs")
        subprocess.run(["node", shot, str(page), str(ROOT / "docs" / "email.png")], check=True)


if __name__ == "__main__":
    main()
