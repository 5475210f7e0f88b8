"""The models: what is compared, and how much each agreement weighs."""
