"""The embedded stack behind `make run` and `make test`: one machine, no service needed beforehand."""
