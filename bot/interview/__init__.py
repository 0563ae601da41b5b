"""The interview: what a person says of their business, one question at a time, held in a small state.

`questions.toml` is the questions and the wordings that answer them; `state` what is known; `listen` reads a message;
`replay` derives the state from a conversation's earlier turns.
"""
