"""Asking torch: each module here answers one part of `torchtielint/torch_facts/facts.json`."""
