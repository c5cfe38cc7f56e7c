"""What options may be: known to the command line before anything else is imported."""

OUTPUT_FORMATS = ("full", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "rdjson", "azure")
CERTAINTIES = ("proven", "likely", "hint")
