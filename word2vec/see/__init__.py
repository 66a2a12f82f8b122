"""Pages that show vectors and training in the browser."""
