"""What several models share."""

from django.db import models


class Versioned(models.Model):
    """Counts its saves, so that a form opened before somebody else's save is recognised as stale."""

    version = models.PositiveIntegerField("версія", default=1, editable=False)

    class Meta:
        abstract = True
