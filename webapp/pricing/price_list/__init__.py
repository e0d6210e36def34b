"""Reads the AWS Price List Bulk files as streams: indexes, offers in JSON and CSV, selectors, tiers."""
