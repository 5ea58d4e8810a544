"""What a file does not say, gathered as questions while it is examined. No ORM."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from ..textforms import TextFormError, search_key
from .examination import NOWHERE, Note, Option, Place, Question, Weight

T = TypeVar("T")

LONGEST_KEY = 60
LONGEST_QUOTATION = 300
"""What of a cell stands in a question."""

YES, NO = "yes", "no"
YES_OR_NO = (Option(YES, "так"), Option(NO, "ні"))


class Asking:
    """Each method asks one question and returns its answer as it stands now: given, suggested, or none yet.

    An answer that cannot be read becomes an error among `notes`, and counts as none.
    """

    def __init__(self, answers: Mapping[str, str]) -> None:
        self._answers = answers
        self.questions: list[Question] = []
        self.notes: list[Note] = []

    def choose(
        self,
        key: str,
        text: str,
        options: Sequence[Option],
        *,
        suggested: str = "",
        hint: str = "",
        place: Place = NOWHERE,
    ) -> str:
        """The chosen option's value; «» while nothing is chosen. Nothing to choose from is an error."""
        if not options:
            self.notes.append(Note(Weight.ERROR, f"{text} Вибрати нема з чого: довідник порожній.", place))
            return ""
        answer = self._answers.get(key, suggested)
        if answer not in {option.value for option in options}:
            answer = ""
        self.questions.append(Question(key, text, options, answer=answer, hint=hint, place=place))
        return answer

    def agree(self, key: str, text: str, *, suggested: bool, hint: str = "") -> bool:
        """A yes or a no; while it is open, no."""
        return self.choose(key, text, YES_OR_NO, suggested=YES if suggested else NO, hint=hint) == YES

    def text(
        self,
        key: str,
        text: str,
        *,
        suggested: str = "",
        is_required: bool = True,
        input_type: str = "text",
        hint: str = "",
        place: Place = NOWHERE,
    ) -> str:
        answer = self._answers.get(key, suggested).strip()
        self.questions.append(Question(key, text, (), is_required, answer, hint, input_type, place))
        return answer

    def read(
        self,
        key: str,
        text: str,
        reader: Callable[[str], T],
        *,
        suggested: str = "",
        input_type: str = "text",
        hint: str = "",
        place: Place = NOWHERE,
    ) -> T | None:
        """A required text made into a value; `reader` raises TextFormError for what is none."""
        answer = self.text(key, text, suggested=suggested, input_type=input_type, hint=hint, place=place)
        if not answer:
            return None
        try:
            return reader(answer)
        except TextFormError as error:
            self.notes.append(Note(Weight.ERROR, f"{text}: {error}", place))
            return None


def key_of(kind: str, text: str) -> str:
    """A question's key by what it is about: «executor:дснс»; a long text is told by its digest."""
    key = search_key(text)
    if len(key) > LONGEST_KEY:
        key = hashlib.sha256(key.encode()).hexdigest()[:LONGEST_KEY]
    return f"{kind}:{key}"


def read_iso_date(answer: str) -> datetime.date:
    """As HTML's date input sends it. Raises TextFormError."""
    try:
        return datetime.date.fromisoformat(answer)
    except ValueError as error:
        raise TextFormError(f"«{answer}» не є датою. Уведіть, наприклад, «2019-12-18».") from error
