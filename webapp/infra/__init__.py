"""What the product stands on: database, jobs, files, PDF, logs, clock."""
