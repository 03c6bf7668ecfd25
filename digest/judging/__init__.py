"""What a rule may ask: the traits of a candidate and the predicates over them."""
