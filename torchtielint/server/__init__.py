"""The language server: findings in an editor while the text is being written. It needs the extra `lsp`."""
