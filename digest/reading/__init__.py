"""How a clip is read: from the bytes of a file to clean paragraphs and what the file says about its article."""
