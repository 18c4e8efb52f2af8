"""Files and folders that are no tables, and what stands behind the data of an experiment."""
