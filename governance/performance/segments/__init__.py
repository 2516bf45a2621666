"""Where the model errs: groups of rows found on one half of the data and judged on the other."""
