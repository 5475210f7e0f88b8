"""The record systems that can be read, each a list of mappings to the contract."""
