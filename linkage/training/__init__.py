"""Train the model of persons on records without labels."""
