"""The desk's own words, in Chinese and English: one table, `config/desk.yaml`."""

from __future__ import annotations

from digest import shipped


def words(language: str) -> dict[str, str]:
    """Every word of the page, by name; English for every language but Chinese."""
    tongue = "zh" if language.lower().startswith("zh") else "en"
    table: dict[str, dict[str, str]] = shipped.table("config/desk.yaml")
    return {name: row[tongue] for name, row in table.items()}
