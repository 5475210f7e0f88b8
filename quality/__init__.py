"""Checks made from the contract, quarantine and the gate."""
