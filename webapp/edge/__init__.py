"""What every request passes: identity, CSRF, headers, errors, htmx."""
