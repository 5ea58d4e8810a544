"""Electronic signatures: made on the server, or made elsewhere and examined here."""
