"""templates/ as strict, sandboxed environments: what a wrong template says, and what a template may never do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from issues import week

from digest import draft
from digest.errors import TemplateError
from digest.template import Templates, lines, markdown
from digest.typography import headline

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "templates" / "email").mkdir(parents=True)
    return tmp_path


def put(home: Path, name: str, text: str) -> Templates:
    (home / "templates" / name).write_text(text, encoding="utf-8")
    return Templates(home)


def problem(templates: Templates, name: str, **values: object) -> tuple[str, int | None, str]:
    with pytest.raises(TemplateError) as caught:
        templates.render(name, **values)
    (found,) = caught.value.problems
    return found.file, found.line, found.message


def test_an_html_template_escapes_and_a_text_template_does_not(home: Path) -> None:
    put(home, "a.html.j2", "<p>{{ words }}</p>")
    templates = put(home, "a.txt.j2", "{{ words }}")
    assert templates.render("a.html.j2", words='<b>"&{{') == "<p>&lt;b&gt;&#34;&amp;{{</p>"
    assert templates.render("a.txt.j2", words='<b>"&{{') == '<b>"&{{'


def test_a_syntax_error_names_its_file_and_line(home: Path) -> None:
    file, line, message = problem(put(home, "a.txt.j2", "one\ntwo {% if %}\n"), "a.txt.j2")
    assert (file, line) == (f"{home}/templates/a.txt.j2", 2)
    assert message


def test_a_missing_value_names_its_line_and_the_page_that_lists_the_values(home: Path) -> None:
    file, line, message = problem(put(home, "a.txt.j2", "one\n{{ isue.title }}\n"), "a.txt.j2")
    assert (file, line) == (f"{home}/templates/a.txt.j2", 2)
    assert "isue" in message
    assert "docs/templates.md" in message


def test_an_error_inside_an_included_template_names_that_one(home: Path) -> None:
    put(home, "part.txt.j2", "\n\n{{ nothing }}")
    file, line, _ = problem(put(home, "a.txt.j2", '{% include "part.txt.j2" %}'), "a.txt.j2")
    assert (file, line) == (f"{home}/templates/part.txt.j2", 3)


def test_an_error_is_told_at_its_line_also_from_kept_bytecode(home: Path) -> None:
    put(home, "a.txt.j2", "one\n{{ 1 // zero }}\n")
    for _ in range(2):
        file, line, message = problem(Templates(home), "a.txt.j2", zero=0)
        assert (file, line) == (f"{home}/templates/a.txt.j2", 2)
        assert "ZeroDivisionError" in message


def test_a_template_that_does_not_exist_is_named(home: Path) -> None:
    _, _, message = problem(put(home, "a.txt.j2", '{% include "gone.txt.j2" %}'), "a.txt.j2")
    assert "gone.txt.j2" in message


def test_a_template_that_is_not_utf8_is_named(home: Path) -> None:
    (home / "templates" / "a.txt.j2").write_bytes("标题".encode("gb18030"))
    _, _, message = problem(Templates(home), "a.txt.j2")
    assert "UTF-8" in message


@pytest.mark.parametrize(
    "escape",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ things.append(1) }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ '{0.__class__}'.format(things) }}",
        "{% for n in range(10 ** 9) %}{% endfor %}",
    ],
)
def test_a_template_cannot_leave_its_sandbox(home: Path, escape: str) -> None:
    things: list[int] = []
    problem(put(home, "a.txt.j2", escape), "a.txt.j2", things=things)
    assert things == []


def test_a_template_name_cannot_leave_the_folder(home: Path) -> None:
    (home / "secret.j2").write_text("secret", encoding="utf-8")
    problem(Templates(home), "../secret.j2")


def test_a_homes_template_goes_before_the_shipped_one_and_can_still_include_it(home: Path) -> None:
    shipped = Templates().render("email/style.css.j2", issue=week(0))
    templates = put(home, "email/style.css.j2", '.own { margin: 0; }{% include "shipped/email/style.css.j2" %}')
    assert templates.render("email/style.css.j2", issue=week(0)) == ".own { margin: 0; }" + shipped


def test_a_changed_template_is_seen_at_the_next_rendering(home: Path) -> None:
    templates = put(home, "a.txt.j2", "one")
    assert templates.render("a.txt.j2") == "one"
    put(home, "a.txt.j2", "two")
    assert templates.render("a.txt.j2") == "two"


def test_the_same_template_keeps_its_escaping_apart_in_what_is_compiled(home: Path) -> None:
    put(home, "part.j2", "{{ words }}")
    put(home, "a.html.j2", '{% include "part.j2" %}')
    put(home, "a.txt.j2", '{% include "part.j2" %}')
    for _ in range(2):
        templates = Templates(home)
        assert templates.render("a.html.j2", words="<b>") == "&lt;b&gt;"
        assert templates.render("a.txt.j2", words="<b>") == "<b>"


def test_a_folder_that_cannot_be_written_costs_only_time(home: Path) -> None:
    (home / "state").write_text("no folder", encoding="utf-8")
    assert put(home, "a.txt.j2", "one").render("a.txt.j2") == "one"


def test_what_is_kept_is_compiled_again_when_the_template_changes_or_is_damaged(home: Path) -> None:
    put(home, "a.txt.j2", "one").render("a.txt.j2")
    (kept,) = (home / "state" / "templates").glob("*.j2c")
    kept.write_bytes(b"damaged")
    assert Templates(home).render("a.txt.j2") == "one"
    assert put(home, "a.txt.j2", "two").render("a.txt.j2") == "two"
    assert kept.read_bytes() != b"damaged"


def test_markdown_pages_show_titles_as_they_stand() -> None:
    page = draft.held_back_page(week(1), Templates())
    assert page.startswith("# 暂缓 · 第12期")
    assert "保密的剪藏标题" in page
    assert "没有暂缓的剪藏" in draft.held_back_page(replace(week(1), held_back=()), Templates())
    assert draft.posts_page(week(1), (), Templates()).startswith("# 社交媒体 · 潮汐周报 · 第12期")


def test_quotes_that_stand_ready_are_shown_with_who_said_them() -> None:
    held = week(1).held_back[0]._replace(quotes=("先说的话。", "书里的话。"), speakers=("林知夏", ""))
    page = draft.held_back_page(replace(week(1), held_back=(held,)), Templates())
    assert "> 先说的话。\n>\n> ——林知夏\n\n> 书里的话。\n" in page
    assert page.count("——") == 1


def test_a_title_that_is_held_back_is_set_as_every_headline_is() -> None:
    held = week(1).held_back[0]._replace(title="这一刀,砍在谁身上?")
    assert "## 这一刀，砍在谁身上？" in draft.held_back_page(replace(week(1), held_back=(held,)), Templates())


def test_posts_stand_under_their_story_and_there_by_platform() -> None:
    stories = week(2).stories
    posts = [
        draft.Post(
            platform, "zh", stories[at].id, pattern, f"{platform}{at}{pattern}", 9, 280, "https://news.example/1"
        )
        for at, platform, pattern in ((1, "x", "quote"), (0, "x", "quote"), (0, "weibo", "quote"), (0, "x", "thread"))
    ]
    page = draft.posts_page(week(2), posts, Templates())
    heads = [row for row in page.splitlines() if row.startswith("##")]
    titles = [headline(story.title, story.language) for story in stories]
    assert heads == [f"## 1. {markdown(titles[0])}", "### x", "### weibo", f"## 2. {markdown(titles[1])}", "### x"]
    assert page.index("x0thread") < page.index("weibo0quote") < page.index("x1quote")


def test_a_post_stands_on_its_page_as_it_is_sent() -> None:
    words = "“话”\n```\n——某人 https://news.example/a_b_c"
    post = draft.Post(
        "x", "zh", "zh000", "quote", words, 40, 280, "https://news.example/a_b_c", thread=("1/2 续",), flags=("<b>",)
    )
    page = draft.posts_page(week(1), (post,), Templates())
    assert f"``````text\n{words}\n``````" in page
    assert "\n1/2 续\n" in page
    assert "<b>" not in page


def test_the_filters_for_markdown_leave_no_mark_up() -> None:
    assert markdown("<b>*a*_[b](c)\n# d") == r"\<b\>\*a\*\_\[b\](c) \# d"
    assert lines("a\n\n b \n") == ["a", " b "]
