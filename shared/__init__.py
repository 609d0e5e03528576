"""What the services share: contracts, the ports with their adapters, and the plumbing around them."""
