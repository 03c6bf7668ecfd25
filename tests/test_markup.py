"""Posts in the markup of an API."""

from __future__ import annotations

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from digest.post import facets
from digest.posting.markup import as_html, as_little_text


def test_telegram_hides_the_link_behind_what_is_shown() -> None:
    text = "“a < b & c”\nhttps://a.com/?x=1&y=2\n完"
    shown = facets(text)[0] | {"uri": "https://a.com/?x=1&y=2#:~:text=b"}
    assert as_html(text, [shown]) == (
        '“a &lt; b &amp; c”\n<a href="https://a.com/?x=1&amp;y=2#:~:text=b">https://a.com/?x=1&amp;y=2</a>\n完'
    )


def test_linkedin_escapes_all_but_addresses_and_wanted_tags() -> None:
    text = "他（A_B）说 *好* [1] @x #模型 #模型库 https://a.com/a_b(c)#d\n#模型"
    assert as_little_text(text, ["模型"]) == (
        r"他（A\_B）说 \*好\* \[1\] \@x {hashtag|#|模型} \#模型库 https://a.com/a_b(c)#d" + "\n{hashtag|#|模型}"
    )


@given(st.text(max_size=40))
def test_nothing_is_lost_in_markup(text: str) -> None:
    assert unescape(as_html(text)) == text
    assert re.sub(r"\\([\\|{}@\[\]()<>#*_~])", r"\1", as_little_text(text)) == text or "://" in text
