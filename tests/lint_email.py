"""`make lint-email`: the public linters on drafted emails, against the bar of docs/quality.md.

Node and Chromium are needed; Java (Nu) and SpamAssassin are used where they are installed, else shown as `-`. A first
run installs the pinned packages of tests/email_lint/package.json.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from digest.issue import Issue

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]
BAR = {
    "nu": 0,
    "htmlvalidate": 0,
    "axe": 0,
    "serious": 0,
    "overflow": 0,
    "fetches": 0,
    "caniemail": 7,
    "spam": 0.5,
    "KiB": 90,
}
"""The most of each; axe counts rules over 600 and 375 px, light and dark."""


def weeks() -> dict[str, Issue]:
    """The issues that are looked at."""
    from issues import hostile, week

    return {
        "zh-1": week(1),
        "zh-10": week(10),
        "zh-50": week(50),
        "en-10": week(10, ("en",), "en"),
        "ja-10": week(10, ("ja",), "ja"),
        "mixed-10": week(10, ("zh", "en", "ja")),
        "hostile": hostile(),
        "empty": week(0),
    }


def spam(message: Path) -> float | None:
    """SpamAssassin's points for a message, with local rules only; None where it is not installed."""
    if shutil.which("spamassassin") is None:
        return None
    with message.open("rb") as data:
        ran = subprocess.run(["spamassassin", "-L", "-t"], stdin=data, capture_output=True, check=False)
    found = re.search(rb"score=(-?[\d.]+)", ran.stdout)
    return float(found[1]) if found else None


def install(folder: Path) -> None:
    """Install the pinned linters, once, without a lock file and without their install scripts."""
    if not (folder / "node_modules" / "axe-core").is_dir():
        command = ["npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr)


def measure() -> dict[str, dict[str, Any]]:
    """Every figure of every issue, by its name."""
    from digest.draft import draft_email
    from digest.template import Templates

    install(HERE / "email_lint")
    with TemporaryDirectory() as place:
        figures: dict[str, dict[str, Any]] = {}
        for name, issue in weeks().items():
            made = draft_email(issue, Templates())
            Path(place, f"{name}.html").write_text(made.html, encoding="utf-8")
            Path(place, f"{name}.eml").write_bytes(made.message)
            figures[name] = {
                "KiB": round(len(made.html.encode()) / 1024, 1),
                "spam": spam(Path(place, f"{name}.eml")),
            }
        command = ["node", str(HERE / "email_lint" / "lint.mjs"), place]
        ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    for name, found in json.loads(ran.stdout).items():
        figures[name.removesuffix(".html")] |= found
    return figures


def main() -> int:
    """Print a table; 1 where a figure is over the bar, 2 where the tools are missing."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        print("make lint-email needs Node 20 and npm", file=sys.stderr)
        return 2
    figures = measure()
    print(f"{'':10}" + "".join(f"{name:>13}" for name in BAR))
    over = []
    for name, found in figures.items():
        print(f"{name:10}" + "".join(f"{'-' if found[each] is None else found[each]:>13}" for each in BAR))
        over += [f"{name}: {each} {found[each]} > {most}" for each, most in BAR.items() if (found[each] or 0) > most]
        over += [f"{name}: {line}" for line in found["details"] if not line.startswith("caniemail")]
    print("\n".join(over), file=sys.stderr)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
