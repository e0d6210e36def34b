"""Words, states, drafts and errors: what every other floor may name. Pure."""
