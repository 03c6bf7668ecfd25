"""The desk: one local page on which an editor sees the next issue, corrects and approves it, and sends it.

    sheet.py    what the page shows of an issue: stories, quotes with their score card and their paragraph
    mock.py     posts and messages as their platforms show them
    keeper.py   the last good draft; looks whether anything changed; carries out what the editor does
    deeds.py    what an action may ask for
    guard.py    who may ask: Host, token, request forgery, and what a browser may load
    app.py      addresses → answers
    serving.py  the socket, the server, and the browser that is opened

Nothing here decides about an issue: every change goes through digest.editor, every sending through digest.press.
"""
