"""What merging is made of: works, what belongs to them, and what is said of them."""
