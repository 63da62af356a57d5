"""The models the lab knows: what they are, where their weights are, one shared copy of each."""
