"""Source text to documents and configuration: pure, and never raising for what the text says."""
