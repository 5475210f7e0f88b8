"""How each record system would send what the simulator's forces hold."""
