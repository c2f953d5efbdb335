"""The steps of reading a list, one module each: what `reader` does between the bytes of a list and its entries."""
