"""One module per AWS service, each declaring its `SERVICE`."""
