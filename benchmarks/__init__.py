"""What is measured, and the figures that the documentation gives."""
