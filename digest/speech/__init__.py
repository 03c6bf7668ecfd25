"""Who speaks: marks, cues and names in each language, interview turns, reported speech."""
