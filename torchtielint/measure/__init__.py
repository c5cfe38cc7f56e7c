"""`torchtielint ties`: models are built and measured by workers, and what they send is compared and shown.

Nothing in here imports torch or code of the project; that happens in the workers of `torchtielint.runtime.worker`.
"""
