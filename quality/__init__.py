"""Checks made from the contract, quarantine and the gate."""

import os

# Great Expectations reads this when it is imported, which only modules of this package do.
os.environ["GX_ANALYTICS_ENABLED"] = "false"
