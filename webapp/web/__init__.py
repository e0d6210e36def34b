"""The HTML face: pages and their fragments."""
