"""What fixes findings: from a fact's syntax to text edits, only where a finding exists."""
