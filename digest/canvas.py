"""Where cards are drawn: the fonts of the machine, and a card as the bytes of a PNG.

Needs Pillow (`pip install "digest[cards]"`) and a font with Chinese. Words are never cut: type shrinks to a
floor, and what does not fit then, or holds a character the font lacks, is refused.
"""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from digest import shipped
from digest.errors import UsageError
from digest.posting import lines
from digest.posting.wording import tongue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

    from digest.card import Card
    from digest.posting.lines import Cell, Line

Style = Literal["light", "dark"]
_EM = 200
"""Pixels at which widths are measured."""
_FACES = {"zh": ("SC", "CN"), "ja": ("JP",), "zh-hant": ("TC", "TW", "HK")}
_LATIN = ("JP", "KR")
"""Faces whose curly quotation marks are as narrow as English wants them."""


class Size(NamedTuple):
    """A format in pixels: `most` and `least` bound the quotation's type, `name` and `small` set the rest."""

    width: int
    height: int
    margin: int
    most: int
    least: int
    name: int
    small: int


class Refused(Exception):  # noqa: N818 -- an outcome that is told, not an error
    """A card that cannot be drawn honestly, and why."""


def sizes() -> dict[str, Size]:
    """The formats by name, `1080x1440`."""
    return {name: Size(**row) for name, row in _table()["sizes"].items()}


def find_font(own: Path | None = None) -> Path:
    """The font file with Chinese type: the editor's own, else the first known one in the usual folders.

    UsageError where there is none, with the package to install.
    """
    if own is not None:
        if not own.is_file():
            message = f"{own}: there is no such font; see cards: font: in config/digest.yaml"
            raise UsageError(message)
        return own
    there = {
        path.name: path
        for folder in _table()["folders"]
        for path in sorted(Path(folder).expanduser().rglob("*.[ot]t[cf]"))
    }
    found = next((there[name] for name in _table()["fonts"] if name in there), None)
    if found is None:
        message = (
            f"no font with Chinese type was found: install one (Debian: apt install {_table()['package']}),"
            " or name its file in config/digest.yaml under cards: font:"
        )
        raise UsageError(message)
    return found


def pages(drawn: Iterable[Card], canvas: Canvas) -> tuple[dict[str, bytes], list[dict[str, Any]]]:
    """The files of cards by name, in every format, and for each card its words for those who cannot see it.

    A card that was refused in a format has the reason in the place of its file.
    """
    files: dict[str, bytes] = {}
    rows: list[dict[str, Any]] = []
    for card in drawn:
        made, refused = {}, {}
        for name, size in sizes().items():
            try:
                files[f"{card.quote}-{name}.png"] = canvas.draw(card, size)
                made[name] = f"{card.quote}-{name}.png"
            except Refused as error:
                refused[name] = str(error)
        row = {"quote": card.quote, "story": card.story, "alt": card.alt, "link": card.link}
        rows.append({**row, "files": made, "refused": refused})
    return files, rows


class Canvas:
    """Draws cards in one style. UsageError where Pillow or a font is missing."""

    def __init__(self, style: Style, brand: str, font: Path | None = None) -> None:
        try:
            import PIL  # noqa: F401, PLC0415 -- an optional extra
        except ImportError:
            message = 'quote cards need Pillow: pip install "digest[cards]"'
            raise UsageError(message) from None
        self.brand = brand
        self._colour: dict[str, str] = _table()["styles"][style]
        self._font = find_font(font)
        self._types: dict[tuple[str, bool], _Type] = {}

    def draw(self, card: Card, size: Size) -> bytes:
        """The card as a PNG. Raises Refused where its words do not fit or cannot be drawn."""
        from PIL import Image, ImageDraw  # noqa: PLC0415 -- an optional extra

        sheet = _Sheet(self, card, size)
        image = Image.new("RGB", (size.width, size.height), self._colour["paper"])
        sheet.onto(ImageDraw.Draw(image), self._colour)
        data = io.BytesIO()
        image.save(data, "PNG", compress_level=6)
        return data.getvalue()

    def type(self, language: str, *, bold: bool = False) -> _Type:
        """The type that serves a language."""
        lower = language.lower()
        kind = "zh-hant" if lower.startswith(("zh-hant", "zh-tw", "zh-hk")) else tongue(language)
        if (kind, bold) not in self._types:
            path = self._font.with_name(self._font.name.replace("Regular", "Bold")) if bold else self._font
            self._types[kind, bold] = _Type(path if path.is_file() else self._font, _FACES.get(kind, _FACES["zh"]))
        return self._types[kind, bold]


class _Type:
    """A font file with the face for a language and the one for Latin words."""

    def __init__(self, path: Path, faces: tuple[str, ...]) -> None:
        self._path = path
        names = self._names()
        self._index = {
            False: next((at for face in faces for at, name in enumerate(names) if name.endswith(f" {face}")), 0),
            True: next((at for face in _LATIN for at, name in enumerate(names) if name.endswith(f" {face}")), 0),
        }
        self._fonts: dict[tuple[int, bool], FreeTypeFont] = {}
        self._known: dict[str, bool] = {}
        self._ems: dict[tuple[str, bool], float] = {}

    def at(self, pixels: int, *, latin: bool = False) -> FreeTypeFont:
        """The font at a size."""
        from PIL import ImageFont  # noqa: PLC0415 -- an optional extra

        if (pixels, latin) not in self._fonts:
            self._fonts[pixels, latin] = ImageFont.truetype(self._path, pixels, index=self._index[latin])
        return self._fonts[pixels, latin]

    def measure(self, text: str, latin: bool) -> float:  # noqa: FBT001 -- as `lines.cells` asks
        """Ems of a text."""
        if (text, latin) not in self._ems:
            self._ems[text, latin] = self.at(_EM, latin=latin).getlength(text) / _EM
        return self._ems[text, latin]

    def has(self, char: str) -> bool:
        """Whether the font draws a character (what it lacks looks like what nobody has)."""
        if char not in self._known:
            drawn, nothing = (self.at(64).getmask(one) for one in (char, "\U0010fffd"))
            self._known[char] = char.isspace() or (drawn.size, bytes(drawn)) != (nothing.size, bytes(nothing))
        return self._known[char]

    def _names(self) -> list[str]:
        from PIL import ImageFont  # noqa: PLC0415 -- an optional extra

        names: list[str] = []
        try:
            while True:
                names.append(ImageFont.truetype(self._path, 16, index=len(names)).getname()[0] or "")
        except OSError as error:
            if not names:
                message = f"{self._path}: cannot be read as a font ({error})"
                raise UsageError(message) from error
            return names


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines of one size of type. `leading` is the distance between their middles, `gap` that between paragraphs."""

    type: _Type
    pixels: int
    leading: int
    paragraphs: tuple[tuple[Line, ...], ...]

    @property
    def gap(self) -> int:
        return self.leading * 2 // 5

    @property
    def height(self) -> int:
        """Pixels from the top of the first line's characters to the foot of the last one's."""
        count = sum(map(len, self.paragraphs))
        between = (count - 1) * self.leading + (len(self.paragraphs) - 1) * self.gap
        return between + self.pixels if count else 0

    def onto(self, draw: ImageDraw, left: int, top: int, colour: str) -> int:
        """Draw it and return its foot."""
        y = top
        for paragraph in self.paragraphs:
            for line in paragraph:
                self._line(draw, line, left, y, colour)
                y += self.leading
            y += self.gap
        return top + self.height

    def _line(self, draw: ImageDraw, line: Line, left: int, y: int, colour: str) -> None:
        x = left + lines.start(line) * self.pixels
        for number, cell in enumerate(line):
            x += cell.lead * self.pixels if number else 0
            baseline = y + round(self.pixels * 0.88)
            draw.text(
                (x, baseline), cell.text, fill=colour, font=self.type.at(self.pixels, latin=cell.latin), anchor="ls"
            )
            x += cell.width * self.pixels


class _Sheet:
    """Where everything of a card stands: brand above, source below, the quotation and its speaker between."""

    def __init__(self, canvas: Canvas, card: Card, size: Size) -> None:
        self.canvas, self.card, self.size = canvas, card, size
        self.column = size.width - 2 * size.margin
        self.brand = self._block(canvas.brand, size.small)
        self.source = self._block(card.source, size.small)
        self.name = self._block(card.speaker or "", size.name, bold=True)
        self.role = self._block(card.role or "", size.small)

    @cached_property
    def top(self) -> int:
        """Where the middle begins."""
        return self.size.margin + self.brand.height + 2 * self.size.small

    @cached_property
    def bottom(self) -> int:
        """Where the middle ends."""
        return self.size.height - self.size.margin - self.source.height - 5 * self.size.small // 2

    @cached_property
    def words(self) -> _Block:
        """The quotation, as large as it fits. Raises Refused."""
        self._shown(self.card.words)  # the font is asked before the room
        room = self.bottom - self.top - self._mark - self._credit
        for pixels in range(self.size.most, self.size.least - 1, -2):
            try:
                block = self._block(self.card.words, pixels)
            except Refused:
                continue
            if block.height <= room:
                return block
        message = f"it does not fit: the type would be smaller than {self.size.least} pixels"
        raise Refused(message)

    @cached_property
    def opening(self) -> Image | None:
        """The ink of the opening mark, large; None where nobody is quoted."""
        from PIL import Image, ImageDraw  # noqa: PLC0415 -- an optional extra

        if not self.card.mark:
            return None
        pixels = self.size.name * 4
        font = self.canvas.type(self.card.language, bold=True).at(pixels, latin=True)
        ink = Image.new("L", (2 * pixels, 2 * pixels))
        ImageDraw.Draw(ink).text((pixels // 2, pixels // 4), self.card.mark, fill=255, font=font)
        cut = ink.crop(ink.getbbox())
        tall = self.size.name * 6 // 5
        return cut.resize((max(1, cut.width * tall // cut.height), tall), Image.Resampling.LANCZOS)

    @property
    def _mark(self) -> int:
        return self.size.name * 11 // 5 if self.opening else self.size.name * 6 // 5

    @property
    def _credit(self) -> int:
        parts = self.name.height + (self.role.height + self.size.small // 2 if self.role.height else 0)
        return parts + self.size.name * 8 // 5 if parts else 0

    def onto(self, draw: ImageDraw, colour: dict[str, str]) -> None:
        """Draw everything."""
        size, left, words = self.size, self.size.margin, self.words
        self.brand.onto(draw, left, size.margin, colour["muted"])
        foot = size.height - size.margin - self.source.height
        draw.line((left, foot - size.small, left + self.column, foot - size.small), colour["muted"], 1)
        self.source.onto(draw, left, foot, colour["muted"])
        free = self.bottom - self.top - self._mark - words.height - self._credit
        y = self.top + free * 9 // 20  # the eye's middle lies a little above the ruler's
        self._begin(draw, left, y, colour["accent"])
        y = words.onto(draw, left, y + self._mark, colour["ink"])
        if self._credit:
            y = self.name.onto(draw, left, y + size.name * 8 // 5, colour["ink"])
            self.role.onto(draw, left, y + size.small // 2, colour["muted"])

    def _begin(self, draw: ImageDraw, left: int, y: int, colour: str) -> None:
        """The opening mark, or a short bar."""
        if self.opening:
            draw.bitmap((left, y), self.opening, fill=colour)
        else:
            draw.rectangle((left, y, left + self.size.name * 2, y + self.size.name // 10), colour)

    def _block(self, text: str, pixels: int, *, bold: bool = False) -> _Block:
        """A text in lines as wide as the column. Raises Refused."""
        kind = self.canvas.type(self.card.language, bold=bold)
        broken = []
        for paragraph in filter(str.strip, self._shown(text).splitlines()):
            found = lines.broken(lines.cells(paragraph, kind.measure), self.column / pixels)
            if found is None:
                message = "a word of it is wider than the card"
                raise Refused(message)
            broken.append(found)
        leading = 1.62 if _is_wide(broken) else 1.42
        return _Block(kind, pixels, round(pixels * leading), tuple(broken))

    def _shown(self, text: str) -> str:
        """What is drawn of a text. Raises Refused where the font lacks a character."""
        kind = self.canvas.type(self.card.language)
        shown = "".join(char for char in unicodedata.normalize("NFC", text) if not _unseen(char))
        lacking = "".join(dict.fromkeys(char for char in shown if not kind.has(char)))
        if lacking:
            message = f"the font has no {lacking}"
            raise Refused(message)
        return shown


def _is_wide(paragraphs: list[tuple[Line, ...]]) -> bool:
    """Whether most of the type is Chinese or Japanese, which wants more space between its lines."""
    found: list[Cell] = [cell for paragraph in paragraphs for line in paragraph for cell in line]
    return sum(not cell.latin for cell in found) * 2 > len(found)


def _unseen(char: str) -> bool:
    """A joiner or a variation selector: nothing to draw."""
    return unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f"


def _table() -> dict[str, Any]:
    table: dict[str, Any] = shipped.table("config/cards.yaml")
    return table
