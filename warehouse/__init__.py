"""The contract, the state, the published store and its marts."""
