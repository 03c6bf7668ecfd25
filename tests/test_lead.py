"""Leads: a story begins with what its article says itself, not with hearsay, a label or a greeting."""

from __future__ import annotations

import pytest

from digest.document import plain
from digest.gathering.lead import lead
from digest.lexicon import default

GOOD = "青禾外送本周宣布停止在三座城市的夜间配送，改为只在白天营业，涉及一千二百名骑手和四百家商户。"


@pytest.mark.parametrize(
    "doubtful",
    [
        "据知情人士透露，青禾外送计划在明年裁掉一半的夜间骑手，并且关闭两座城市里全部的中转仓库。",
        "注意：本文并未涵盖所有城市的情况，各地的安排请以当地门店张贴出来的通知为准，谢谢大家。",
        "各位读者大家好，欢迎来到本周的外卖行业观察，今天我们来聊一聊夜间配送这件有意思的事情。",
    ],
)
def test_hearsay_a_label_and_a_greeting_open_no_lead(doubtful: str) -> None:
    assert lead(plain(f"{doubtful}\n\n{GOOD}"), (), default()) == GOOD


def test_a_lead_is_whole_sentences_of_the_body() -> None:
    text = f"{GOOD}公司说，留下的骑手会转到白班。\n\n第二段说的是别的事情。"
    found = lead(plain(text), (), default())
    assert found is not None
    assert found in text
    assert found.endswith("。")
