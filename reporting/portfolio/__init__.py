"""Every programme in one year: what its report says, together with those that have none."""
