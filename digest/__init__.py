"""Clipped articles in, a weekly newsletter and social posts out.

The product is one sentence: a seed file becomes a document, its quotes become a summary, summaries of
one event become a story, a week of stories becomes an issue, an issue becomes drafts, drafts become
deliveries. The modules are that sentence's nouns.
"""

__version__ = "0.1.0"
