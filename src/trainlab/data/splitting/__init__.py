"""Who trains and who validates: every way to share out rows, as row numbers of one data set."""
