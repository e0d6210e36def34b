"""What version 2 sends, one module per noun: TypedDicts, and the presenters that fill them."""
