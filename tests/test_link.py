"""Addresses: what stays in a link, and which addresses are the same page."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.link import canonical, identity, is_address

LONG = "https://mp.weixin.qq.com/s?__biz=MzAxMjM0NTY3OA==&mid=2650000001&idx=2&sn=0a1b2c3d4e5f"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        (f"{LONG}&chksm=abc123&scene=21&cur_album_id=9#rd", LONG),
        (f"{LONG}#wechat_redirect", LONG),
        (LONG.replace("s?__biz", "s?chksm=ff&__biz"), LONG),
        (LONG.replace("==", "%3D%3D") + "&poc_token=x", LONG.replace("==", "%3D%3D")),
        (LONG.replace("https", "http").replace("&", "&amp;"), LONG.replace("https", "http")),
        (
            "https://mp.weixin.qq.com/s/AbC_123-xyz?scene=1&click_id=7&mpshare=1#rd",
            "https://mp.weixin.qq.com/s/AbC_123-xyz",
        ),
        ("https://www.youtube.com/watch?v=abc&t=12s&list=PL1&si=z", "https://www.youtube.com/watch?v=abc"),
        ("https://youtu.be/abc?si=z", "https://youtu.be/abc"),
        ("https://www.bilibili.com/video/BV1xx/?p=3&vd_source=f", "https://www.bilibili.com/video/BV1xx/?p=3"),
        ("https://x.com/someone/status/12345?s=20&t=q", "https://x.com/someone/status/12345"),
        (
            "https://www.xiaohongshu.com/explore/65a?xsec_token=T=&xsec_source=pc",
            "https://www.xiaohongshu.com/explore/65a?xsec_token=T=",
        ),
        ("https://news.ycombinator.com/item?id=42&p=2", "https://news.ycombinator.com/item?id=42"),
        (
            "https://blog.example/p/a-slug?publication_id=1&r=2ab&utm_medium=email&page=2",
            "https://blog.example/p/a-slug?page=2",
        ),
        ("https://shop.example/x?r=2ab&UTM_Source=a&fbclid=1", "https://shop.example/x?r=2ab"),
        (
            "https://www.nytimes.com/2025/11/01/a.html?smid=tw&unlocked_article_code=1.x",
            "https://www.nytimes.com/2025/11/01/a.html",
        ),
        ("https://docs.example/book/#/chapter9", "https://docs.example/book/#/chapter9"),
        ("https://docs.example/book/#/./ch9:~:text=one", "https://docs.example/book/#/./ch9"),
        ("https://docs.example/a#section-2", "https://docs.example/a"),
        ("https://docs.example/a#utm_source=mail", "https://docs.example/a"),
        ("https://docs.example/a#:~:text=one,two", "https://docs.example/a"),
        ("HTTPS://Docs.Example:443/Path/?b=2&a=1", "https://docs.example/Path/?b=2&a=1"),
        ("http://docs.example:8080/", "http://docs.example:8080/"),
        ("https://me:secret@docs.example/a", "https://docs.example/a"),
        ("https://zh.example/维基/中国?名=值", "https://zh.example/维基/中国?名=值"),
        (" https://docs.example/a\n", "https://docs.example/a"),
    ],
)
def test_a_link_keeps_what_its_page_needs_and_nothing_that_tracks(url: str, link: str) -> None:
    assert canonical(url) == link
    assert canonical(link) == link


@pytest.mark.parametrize(
    "word",
    [
        "wechat",
        "",
        "ftp://a.example/x",
        "mailto:a@b.example",
        "https://",
        "http://[",
        "/s/abc",
        "https://a.example:99999/",
    ],
)
def test_what_is_no_web_address_is_returned_as_it_is(word: str) -> None:
    assert canonical(word) == word
    assert identity(word) == word
    assert not is_address(word)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.docs.example/a/", "https://docs.example/a?utm_source=x#top"),
        ("https://m.docs.example/a?b=2&a=1", "https://docs.example/a?a=1&b=2"),
        (LONG, LONG.replace("==", "%3D%3D").replace("sn=0a1b2c3d4e5f", "sn=ffff").replace("https", "http")),
        ("https://youtu.be/abc?t=5", "https://www.youtube.com/watch?v=abc&list=PL"),
        ("https://m.youtube.com/shorts/abc", "https://youtube.com/live/abc?si=1"),
        ("https://twitter.com/a/status/12?s=20", "https://x.com/b/status/12/photo/1"),
        ("https://www.xiaohongshu.com/explore/65a?xsec_token=T", "https://www.xiaohongshu.com/discovery/item/65a"),
        ("https://github.com/o/r?tab=readme", "https://github.com/o/r/"),
    ],
)
def test_addresses_of_one_page_have_one_identity(one: str, other: str) -> None:
    assert identity(one) == identity(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LONG, LONG.replace("idx=2", "idx=3")),
        ("https://youtu.be/abc", "https://youtu.be/abd"),
        ("https://news.hada.io/topic?id=1", "https://news.hada.io/topic?id=2"),
        ("https://docs.example/#/a", "https://docs.example/#/b"),
        ("https://docs.example/a?page=1", "https://docs.example/a?page=2"),
        ("https://docs.example:8080/a", "https://docs.example/a"),
        ("https://www.bilibili.com/video/BV1?p=1", "https://www.bilibili.com/video/BV1?p=2"),
    ],
)
def test_different_pages_differ(one: str, other: str) -> None:
    assert identity(one) != identity(other)


addresses = st.builds(
    "{}://{}{}/{}{}{}".format,
    st.sampled_from(["http", "https", "HTTP", "ftp", ""]),
    st.sampled_from(
        ["a.example", "mp.weixin.qq.com", "WWW.YouTube.com", "x.com", "中国.example", "u:p@a.example", "[::1]"]
    ),
    st.sampled_from(["", ":80", ":443", ":8080", ":"]),
    st.text("sabp/%2é中 .?#&;=", max_size=12),
    st.sampled_from(["", "?", "?a=1&utm_source=x", "?__biz=M==&sn=1&chksm=2", "?&&r=1&amp;v=2"]),
    st.sampled_from(["", "#", "#rd", "#/x", "#!", "#/x:~:text=a", "#:~:text=a-,b"]),
)


@given(st.one_of(addresses, st.text(max_size=40)))
@example("https://a.example?&amp;amp;b")
@example("https://a.example/#//")
def test_the_link_form_of_a_link_is_itself(url: str) -> None:
    assert canonical(canonical(url)) == canonical(url)
    assert identity(canonical(url)) == identity(url)
