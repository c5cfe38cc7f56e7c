"""The rules' code: a module per family, each rule a small function from a fact to reports."""
