"""The web chat and the pages that citations open: plain HTML, our own few lines of script, nothing from elsewhere."""
