"""Tables of labelled videos -> Samples, one file per annotation format."""
