"""A version tried: vignettes, stored interviews, and the measures with their intervals."""
