"""How clips become stories: names and topics, events, the lead, the choice of quotes, figures side by side."""
