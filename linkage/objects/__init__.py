"""The same vehicle, handset, number or item, across forces: by key, with what needs a look."""
