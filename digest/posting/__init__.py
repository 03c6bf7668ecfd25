"""How posts are made: what each platform counts and links, patterns, wording, and honest shortening."""
