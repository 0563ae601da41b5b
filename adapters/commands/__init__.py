"""One module a command. Each imports only what its help needs; what it works with is imported when it runs."""
