"""One module a file format; each writes rows as they come and keeps none of them."""
