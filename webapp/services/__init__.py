"""What the product does: typed functions, no request, no HTTP words."""
