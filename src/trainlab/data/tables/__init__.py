"""Tables with named columns: CSV, Parquet and data frames, read with the place of every fault."""
