"""What options may be: known to the command line before anything else is imported."""

OUTPUT_FORMATS = ("full", "concise", "json")
CERTAINTIES = ("proven", "likely", "hint")
