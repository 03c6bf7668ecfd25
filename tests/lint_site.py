"""`make lint-email` looks at the site too: html-validate, Nu and axe-core on its pages, none of them with a finding."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]
COUNTED = ("nu", "htmlvalidate", "axe", "serious", "overflow", "fetches")


def measure() -> dict[str, dict[str, Any]]:
    """The figures of every page; style and script lie beside it as on the site."""
    from issues import hostile
    from lint_email import install
    from test_site import dated, made, put_right

    install(HERE / "email_lint")
    with TemporaryDirectory() as folder:
        issue, other = dated(8, 47), hostile()
        files = made(other, issue, errata=(put_right(issue, quote=True), put_right(issue, quote=False)))
        files |= {f"en-{name}": text for name, text in made(dated(4, 46, "en")).items() if name.endswith(".html")}
        for name, text in files.items():
            page = text.replace('"../', '"')
            Path(folder, name.replace("issues/", "")).write_text(page, encoding="utf-8")
        command = ["node", "lint.mjs", folder]
        ran = subprocess.run(command, cwd=HERE / "email_lint", check=True, capture_output=True, text=True)
    figures: dict[str, dict[str, Any]] = json.loads(ran.stdout)
    return figures


def main() -> int:
    """Print the figures; 1 where there is a finding."""
    found = 0
    for name, row in measure().items():
        counts = {kind: row.get(kind) for kind in COUNTED}
        print(f"{name:24}", "  ".join(f"{kind} {'-' if n is None else n}" for kind, n in counts.items()))
        if any(counts.values()):
            found = 1
            print("\n".join(f"  {detail}" for detail in row["details"] if not detail.startswith("caniemail")))
    return found


if __name__ == "__main__":
    sys.exit(main())
