"""How two revisions of a PDF may differ: in signatures and what belongs to them. Narrower than pyHanko's own.

Imported lazily, by `signed_pdf`.
"""

from __future__ import annotations

from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: TID253  this module is imported lazily
from pyhanko.sign.diff_analysis import (  # noqa: TID253  this module is imported lazily
    CatalogModificationRule,
    DiffResult,
    DocInfoRule,
    DSSCompareRule,
    FormUpdatingRule,
    GenericFieldModificationRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    SuspiciousModification,
    XrefStreamRule,
)


class Policy(StandardDiffPolicy):
    """`in_catalog`, `in_form`: what may change in the two dictionaries, as far as the rules let it."""

    def __init__(self, in_catalog: set[str], in_form: set[str], *, ignore_orphaned_objects: bool) -> None:
        evidence = (
            DocInfoRule(),
            XrefStreamRule(),
            ObjectStreamRule(),
            DSSCompareRule(),
            MetadataUpdateRule(),
        )
        in_fields = [SigFieldCreationRule(), SigFieldModificationRule(), GenericFieldModificationRule()]
        super().__init__(
            [
                CatalogModificationRule(ignored_keys=frozenset(in_catalog)),
                *(rule.as_qualified(ModificationLevel.LTA_UPDATES) for rule in evidence),
            ],
            FormUpdatingRule(in_fields, ignored_acroform_keys=frozenset(in_form)),
            ignore_orphaned_objects=ignore_orphaned_objects,
        )

    def between(self, reader: PdfFileReader, old: int, new: int) -> DiffResult | SuspiciousModification:
        """`old`, `new`: numbers of revisions."""
        try:
            return self.apply(reader.get_historical_resolver(old), reader.get_historical_resolver(new))
        except SuspiciousModification as error:
            return error


_IN_CATALOG = {"/AcroForm", "/DSS", "/Extensions", "/Metadata"}

SIGNING = Policy(_IN_CATALOG | {"/Version"}, {"/Fields", "/DR", "/DA"}, ignore_orphaned_objects=True)
"""Programs that sign raise the file to the version whose algorithms they use, and bring fonts for fields."""

UNSIGNED = Policy(_IN_CATALOG, {"/Fields"}, ignore_orphaned_objects=False)
"""Of a revision that no signature is in: nor anything that leads nowhere."""
